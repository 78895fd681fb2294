import { randomBytes } from 'node:crypto';

import { createFliteVoice } from '../../realtime/audio/speech/index.ts';
import {
  type ConversationBrain,
  createPracticeBrain,
  type RealtimeServer,
  type RealtimeServerLogEntry,
  startRealtimeServer,
} from '../../realtime/server/index.ts';
import type { Clock } from '../base/index.ts';
import type { TextBrain } from './brain.ts';
import { createPracticeTextBrain } from './practiceBrain.ts';
import { createResponsesRoutes } from './routes.ts';

export type PracticeServerOptions = {
  readonly clock: Clock;
  /** 0, the default, takes any free port of 127.0.0.1. */
  readonly port?: number;
  readonly tls?: { readonly key: string; readonly cert: string };
  /** When set, every request must bring it as a bearer key. */
  readonly apiKey?: string;
  /** What answers speech and text; the practice model unless given. */
  readonly realtimeBrain?: ConversationBrain;
  readonly textBrain?: TextBrain;
  readonly onLog?: (entry: RealtimeServerLogEntry) => void;
};

const newId = (prefix: string): string => `${prefix}_${randomBytes(12).toString('hex')}`;

/**
 * The built-in provider: one server on loopback that speaks the Realtime API and the Responses API,
 * with an offline voice. Closing it closes the voice as well; closing twice does nothing more.
 */
export async function startPracticeServer(options: PracticeServerOptions): Promise<RealtimeServer> {
  const { clock, port, tls, apiKey, onLog } = options;
  const voice = createFliteVoice();
  const server = await startRealtimeServer({
    clock,
    voice,
    newId,
    brain: options.realtimeBrain ?? createPracticeBrain({ clock }),
    routes: createResponsesRoutes({
      clock,
      newId,
      brain: options.textBrain ?? createPracticeTextBrain({ clock }),
    }),
    ...(port === undefined ? {} : { port }),
    ...(tls === undefined ? {} : { tls }),
    ...(apiKey === undefined ? {} : { apiKey }),
    ...(onLog === undefined ? {} : { onLog }),
  });
  return {
    url: server.url,
    port: server.port,
    close: async () => {
      await server.close();
      await voice.close();
    },
  };
}
