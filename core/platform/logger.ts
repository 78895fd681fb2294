import { renameSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

import type { Clock } from '../base/index.ts';
import { ensurePrivateFolderSync, PRIVATE_FILE_MODE } from './files.ts';
import { cleanText, redact } from './redact.ts';

export type LogFields = Readonly<Record<string, unknown>>;

/**
 * Structured log. error = gave up, warn = recovered or odd, info = one line per change in the life
 * of something, debug = the rest. No call throws or waits.
 */
export interface Logger {
  error(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  debug(fields: LogFields, message: string): void;
}

export type FileLogger = Logger & {
  /** Resolves when everything logged so far is in the file, or could not be written. */
  flush(): Promise<void>;
};

export type FileLoggerOptions = {
  readonly home: string;
  readonly clock: Pick<Clock, 'nowMs'>;
  /** `PARLEY_LOG`: silent, error, warn, info (the default) or debug; anything else counts as info. */
  readonly level?: string | undefined;
};

type Level = keyof Logger;
type Entry = { readonly level: Level; readonly fields: object; readonly message: string };
type Sink = (entry: Entry) => void;

const RANKS: Readonly<Record<Level, number>> = { error: 0, warn: 1, info: 2, debug: 3 };
const MAX_LOG_BYTES = 5 * 1024 * 1024;
/** How much is written between two looks at the size. */
const LOOK_EVERY_BYTES = 256 * 1024;

/** Where the log of a home folder is kept. */
export function logPath(home: string): string {
  return join(home, 'log', 'parley.log');
}

/**
 * A log of JSON lines in the home folder, without secrets, sound or conversation. Nothing is loaded
 * or created before the first line that is worth writing; a file above 5 MB is set aside, at the start and
 * while it grows, in place of the one set aside before. A folder that cannot be written costs the log, never the work that is being logged.
 */
export function createFileLogger({ home, clock, level }: FileLoggerOptions): FileLogger {
  const maxRank = rankOf(level);
  let waiting: Entry[] = [];
  let sink: Sink | undefined;
  let opening: Promise<void> | undefined;

  const open = async (): Promise<void> => {
    try {
      sink = await openSink(logPath(home));
    } catch {
      sink = () => undefined;
    }
    for (const entry of waiting) sink(entry);
    waiting = [];
  };

  const log = (entryLevel: Level, fields: LogFields, message: string): void => {
    if (RANKS[entryLevel] > maxRank) return;
    const entry = {
      level: entryLevel,
      // Taken now and not when the file is open, so that lines say when things happened.
      fields: { time: new Date(clock.nowMs()).toISOString(), ...cleanFields(fields) },
      message: cleanText(message),
    };
    if (sink !== undefined) {
      sink(entry);
      return;
    }
    waiting.push(entry);
    opening ??= open();
  };

  return {
    error: (fields, message) => {
      log('error', fields, message);
    },
    warn: (fields, message) => {
      log('warn', fields, message);
    },
    info: (fields, message) => {
      log('info', fields, message);
    },
    debug: (fields, message) => {
      log('debug', fields, message);
    },
    flush: async () => {
      await opening;
    },
  };
}

function rankOf(level: string | undefined): number {
  if (level === 'silent') return -1;
  return level !== undefined && isLevel(level) ? RANKS[level] : RANKS.info;
}

function isLevel(level: string): level is Level {
  return Object.hasOwn(RANKS, level);
}

function cleanFields(fields: LogFields): object {
  const cleaned = redact(fields);
  return typeof cleaned === 'object' && cleaned !== null ? cleaned : {};
}

async function openSink(path: string): Promise<Sink> {
  ensurePrivateFolderSync(dirname(path));
  const { pino, destination } = await import('pino');
  let bytesSinceLook = 0;
  const open = () => {
    setAsideWhenLarge(path);
    // Synchronous writes: a line is on disk when the call returns, so a crash loses none.
    const file = destination({ dest: path, sync: true, append: true, mode: PRIVATE_FILE_MODE });
    // Without a listener a full disk would end the process.
    file.on('error', () => undefined);
    file.on('write', (bytes) => {
      bytesSinceLook += bytes;
    });
    return {
      file,
      logger: pino(
        {
          level: 'debug',
          base: null,
          timestamp: false,
          formatters: { level: (level) => ({ level }) },
        },
        file,
      ),
    };
  };
  let current = open();
  return ({ level, fields, message }) => {
    try {
      if (bytesSinceLook >= LOOK_EVERY_BYTES) {
        bytesSinceLook = 0;
        current.file.end();
        // Opened again in any case: another process may have set the file aside.
        current = open();
      }
      current.logger[level](fields, message);
    } catch {
      // The log must not take down what it reports on.
    }
  };
}

function setAsideWhenLarge(path: string): void {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size > MAX_LOG_BYTES) renameSync(path, `${path}.1`);
}
