import { randomUUID } from 'node:crypto';

import * as z from 'zod';

import { systemClock } from '../../core/platform/index.ts';
import { createFliteVoice } from '../../realtime/audio/speech/index.ts';
import {
  createPracticeBrain,
  createScriptedBrain,
  RealtimeScript,
  startRealtimeServer,
} from '../../realtime/server/index.ts';
import { CommandError } from '../engine/index.ts';

/** What a script file of `parley realtime-server` holds; either half may be left out. */
const LocalServerScript = z.strictObject({
  realtime: RealtimeScript.optional(),
});
export type LocalServerScript = z.infer<typeof LocalServerScript>;

/** Reads the text of a script file; throws a `CommandError` that names the first wrong place. */
export function parseScript(text: string, file: string): LocalServerScript {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new CommandError(`${file} is not valid JSON: ${describe(error)}`, 2, { cause: error });
  }
  const parsed = LocalServerScript.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const place = issue === undefined ? '' : issue.path.map(String).join('.');
  const where = place === '' ? '' : ` at ${place}`;
  throw new CommandError(`${file} is not a script${where}: ${issue?.message ?? 'malformed'}.`, 2);
}

export type LocalServerOptions = {
  readonly port?: number;
  readonly apiKey?: string | undefined;
  readonly tls?: { readonly key: string; readonly cert: string } | undefined;
  readonly script?: LocalServerScript | undefined;
};

export type LocalServer = {
  /** Base address of both APIs, ending in `/v1`. */
  readonly url: URL;
  close(): Promise<void>;
};

/** The built-in Realtime and Responses server with its voice, on loopback. */
export async function startLocalServer(options: LocalServerOptions): Promise<LocalServer> {
  const { apiKey, tls, script } = options;
  const voice = createFliteVoice();
  try {
    const server = await startRealtimeServer({
      port: options.port ?? 0,
      voice,
      clock: systemClock,
      newId: (prefix) => `${prefix}_${randomUUID().replaceAll('-', '')}`,
      brain:
        script?.realtime === undefined
          ? createPracticeBrain({ clock: systemClock })
          : createScriptedBrain(script.realtime, { clock: systemClock }),
      ...(apiKey === undefined ? {} : { apiKey }),
      ...(tls === undefined ? {} : { tls }),
    });
    return {
      url: server.url,
      close: async () => {
        await server.close();
        await voice.close();
      },
    };
  } catch (error) {
    await voice.close();
    throw error;
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
