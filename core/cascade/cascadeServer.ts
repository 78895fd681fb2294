import { randomBytes } from 'node:crypto';

import {
  type RealtimeServer,
  type RealtimeServerLogEntry,
  startRealtimeServer,
} from '../../realtime/server/index.ts';
import { type CascadeEnds, transcriberOf, voiceOf } from './ends.ts';
import { createCascadeModel, type TextModelPorts } from './textModel.ts';

export type CascadeOptions = CascadeEnds & {
  /** The key that every request has to bring. */
  readonly apiKey: string;
  readonly textModel: TextModelPorts['client'];
  readonly onLog?: (entry: RealtimeServerLogEntry) => void;
};

const newId = (prefix: string): string => `${prefix}_${randomBytes(12).toString('hex')}`;

/**
 * A Realtime server on loopback whose model is made of three parts: one that writes down what is said,
 * a text model, and one that says its words. Closing it closes the voice as well; closing twice does
 * nothing more.
 */
export async function startCascadeServer(options: CascadeOptions): Promise<RealtimeServer> {
  const { clock, apiKey, onLog, textModel: client } = options;
  const voice = voiceOf(options);
  const server = await startRealtimeServer({
    clock,
    newId,
    apiKey,
    voice,
    // A server's voice is asked for what is to be heard, and for nothing else.
    warmsUpVoice: options.textToSpeech === undefined,
    transcriber: transcriberOf(options),
    model: createCascadeModel({ clock, newId, client }),
    ...(onLog !== undefined && { onLog }),
  });
  return {
    ...server,
    close: async () => {
      await server.close();
      await voice.close();
    },
  };
}
