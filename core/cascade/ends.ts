import type { SpeechVoice } from '../../realtime/audio/index.ts';
import { createFliteVoice } from '../../realtime/audio/speech/index.ts';
import { Endpoint, type EndpointPorts, type SpeechEndpoint } from './endpoint.ts';
import { createRemoteVoice, type RemoteVoiceOptions } from './remoteVoice.ts';
import {
  createRemoteTranscriber,
  type RemoteTranscriber,
  type TranscriberOptions,
} from './transcriber.ts';

type At<Settings> = Omit<Settings, 'endpoint'> & { readonly endpoint: SpeechEndpoint };

/** What hears and what speaks in a cascade. */
export type CascadeEnds = EndpointPorts & {
  readonly speechToText: At<TranscriberOptions>;
  /** flite where there is none. */
  readonly textToSpeech: At<RemoteVoiceOptions> | undefined;
};

export function transcriberOf({ speechToText, ...ports }: CascadeEnds): RemoteTranscriber {
  const endpoint = new Endpoint('speechToText', speechToText.endpoint, ports);
  return createRemoteTranscriber({ ...speechToText, endpoint });
}

/** Whoever makes it closes it. */
export function voiceOf({ textToSpeech, ...ports }: CascadeEnds): SpeechVoice {
  if (textToSpeech === undefined) return createFliteVoice();
  const endpoint = new Endpoint('textToSpeech', textToSpeech.endpoint, ports);
  return createRemoteVoice({ ...textToSpeech, endpoint });
}
