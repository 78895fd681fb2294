import { randomBytes } from 'node:crypto';

import { createFliteVoice } from '../../realtime/audio/speech/index.ts';
import type { SpeechVoice } from '../../realtime/audio/index.ts';
import {
  type RealtimeServer,
  type RealtimeServerLogEntry,
  startRealtimeServer,
  type Transcriber,
} from '../../realtime/server/index.ts';
import { Endpoint, type EndpointPorts, type SpeechEndpoint } from './endpoint.ts';
import { createRemoteVoice, type RemoteVoiceOptions } from './remoteVoice.ts';
import { createCascadeModel, type TextModelPorts } from './textModel.ts';
import { createRemoteTranscriber, type TranscriberOptions } from './transcriber.ts';

type At<Settings> = Omit<Settings, 'endpoint'> & { readonly endpoint: SpeechEndpoint };

export type CascadeOptions = EndpointPorts & {
  /** The key that every request has to bring. */
  readonly apiKey: string;
  readonly speechToText: At<TranscriberOptions>;
  /** flite where there is none. */
  readonly textToSpeech: At<RemoteVoiceOptions> | undefined;
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

function transcriberOf({ speechToText, ...ports }: CascadeOptions): Transcriber {
  const endpoint = new Endpoint('speechToText', speechToText.endpoint, ports);
  return createRemoteTranscriber({ ...speechToText, endpoint });
}

function voiceOf({ textToSpeech, ...ports }: CascadeOptions): SpeechVoice {
  if (textToSpeech === undefined) return createFliteVoice();
  const endpoint = new Endpoint('textToSpeech', textToSpeech.endpoint, ports);
  return createRemoteVoice({ ...textToSpeech, endpoint });
}
