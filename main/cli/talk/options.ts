import { type Clock, ProductError } from '../../../core/base/index.ts';
import type { AppServerClient } from '../../../core/protocol/index.ts';
import type { ByteSink } from '../../../realtime/audio/index.ts';
import type { CallerOptions, OutgoingCall } from '../../../realtime/rtc/index.ts';

/** What `parley talk` was asked to do. */
export type TalkOptions = {
  readonly inputPath: string;
  /** Where the answer's sound goes, 24 kHz mono; written only when there is sound. */
  readonly outputPath?: string;
  readonly transport: 'webrtc' | 'websocket';
  /** Ask for a text answer instead of a spoken one. */
  readonly text: boolean;
  /** One JSON object per line on stdout, and nothing else there. */
  readonly json: boolean;
  /** Instructions in place of the configured ones. */
  readonly prompt?: string;
  /** The folder the new thread works in. */
  readonly cwd: string;
  /** The product's version, told to the engine. */
  readonly version: string;
};

/** The files of a talk; methods reject with the error of the file system. */
export interface TalkFiles {
  readFile(path: string): Promise<Uint8Array>;
  /** Rejects when a file could not be written there; leaves no trace. */
  checkOutput(path: string): Promise<void>;
  /** Creates or empties the file. */
  openOutput(path: string): Promise<ByteSink>;
}

export type TalkIo = {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
  /** True when stderr is a terminal: progress is drawn there. */
  readonly isStderrTty: boolean;
};

/** Makes calls; the real one is `createCaller` of realtime/rtc. */
export type Caller = (options: CallerOptions) => Promise<OutgoingCall>;

export type TalkDeps = {
  /** Not initialised yet, so that bad input is told before the engine does anything; its owner closes it. */
  readonly client: AppServerClient;
  readonly io: TalkIo;
  readonly files: TalkFiles;
  readonly clock: Clock;
  /** Loaded only when a call is made. */
  readonly loadCaller: () => Promise<Caller>;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
};

export const EXIT = { success: 0, sessionFailed: 1, badUsage: 2, interrupted: 130 } as const;

/** The command cannot be carried out as given; found before anything connects. */
export class TalkUsageError extends ProductError {
  readonly code = 'talkUsage';
  readonly retryable = false;
}

/** The conversation went wrong; the message is one line for the user. */
export class TalkFailure extends ProductError {
  readonly code = 'talkFailed';
  readonly retryable = true;
}
