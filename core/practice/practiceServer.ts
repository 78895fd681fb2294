import { randomBytes } from 'node:crypto';

import {
  createSpeechRecognizer,
  type SpeechRecognizer,
} from '../../realtime/audio/recognition/index.ts';
import { createFliteVoice } from '../../realtime/audio/speech/index.ts';
import {
  createPracticeRealtimeModel,
  createPracticeTranscriber,
  type RealtimeModel,
  type RealtimeServer,
  type RealtimeServerLogEntry,
  startRealtimeServer,
} from '../../realtime/server/index.ts';
import type { Clock } from '../base/index.ts';
import { createResponsesApi } from './endpoint/index.ts';
import { createPracticeTextModel, type TextModel } from './model/index.ts';
import { SampleMaker } from './samples/index.ts';
import { practiceAgent } from './practiceAgent.ts';

export type PracticeServerOptions = {
  readonly clock: Clock;
  /** 0, the default, takes any free port of 127.0.0.1. */
  readonly port?: number;
  readonly tls?: { readonly key: string; readonly cert: string };
  /** When set, every request must bring it as a bearer key. */
  readonly apiKey?: string;
  /** What answers speech and text; the practice model unless given. */
  readonly realtimeModel?: RealtimeModel;
  readonly textModel?: (samples: SampleMaker) => TextModel;
  /** What hears words: the machine's own ears unless given, and closed with the server in every case. */
  readonly recogniser?: SpeechRecognizer;
  readonly onLog?: (entry: RealtimeServerLogEntry) => void;
};

const newId = (prefix: string): string => `${prefix}_${randomBytes(12).toString('hex')}`;

/**
 * The built-in provider: one server on loopback that speaks the Realtime API and the Responses API,
 * with an offline voice and ears for phrases. Closing it closes those as well; closing twice does nothing more.
 */
export async function startPracticeServer(options: PracticeServerOptions): Promise<RealtimeServer> {
  const { clock, port, tls, apiKey, recogniser = createSpeechRecognizer(), onLog } = options;
  const voice = createFliteVoice();
  const samples = new SampleMaker();
  const server = await startRealtimeServer({
    clock,
    voice,
    newId,
    model: options.realtimeModel ?? createPracticeRealtimeModel({ clock, agent: practiceAgent }),
    transcriber: createPracticeTranscriber({ recogniser, agent: practiceAgent }),
    ...createResponsesApi({
      clock,
      newId,
      model: options.textModel?.(samples) ?? createPracticeTextModel({ clock, samples }),
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
      await Promise.all([voice.close(), samples.close(), recogniser.close()]);
    },
  };
}
