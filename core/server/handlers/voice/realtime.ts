import { encodePcm, InputNormaliser } from '../../../../realtime/audio/index.ts';
import {
  DEFAULT_VOICE_V1,
  DEFAULT_VOICE_V2,
  PRACTICE_VOICES,
  REALTIME_VOICES_V1,
  REALTIME_VOICES_V2,
} from '../../../protocol/index.ts';
import { invalidRequest } from '../../../rpc/index.ts';
import { configuredVoices } from '../../../voice/index.ts';
import type { Services } from '../../services.ts';
import type { LoadedThread } from '../../threads/index.ts';
import type { Handlers } from '../handler.ts';
import { checkId } from '../params.ts';

type RealtimeHandlers = Pick<
  Handlers,
  | 'thread/realtime/start'
  | 'thread/realtime/appendAudio'
  | 'thread/realtime/appendText'
  | 'thread/realtime/appendSpeech'
  | 'thread/realtime/update'
  | 'thread/realtime/interrupt'
  | 'thread/realtime/stop'
  | 'thread/realtime/listVoices'
  | 'thread/realtime/listPhrases'
>;

/** The voice of a thread: every call is answered at once, the rest is notifications (app-server §13). */
export function realtimeHandlers({
  threads,
  subscriptions,
  newId,
  providers,
  resolveConfig,
}: Services): RealtimeHandlers {
  const normalisers = new WeakMap<LoadedThread, InputNormaliser>();

  const loadedThread = (threadId: string): LoadedThread => {
    checkId(threadId);
    return threads.require(threadId);
  };

  /** What the peer says when words or sound come while nothing runs (realtime-v2 §2.3). */
  const notRunning = (threadId: string) => (): void => {
    subscriptions.tell(threadId, 'error', {
      error: {
        message: 'conversation is not running',
        codexErrorInfo: 'badRequest',
        additionalDetails: null,
      },
      willRetry: false,
      threadId,
      turnId: newId(),
    });
  };

  return {
    'thread/realtime/start': (params) => {
      const loaded = loadedThread(params.threadId);
      const { features } = loaded.thread.settings;
      if (!features.isEnabled('realtime_conversation')) {
        throw invalidRequest(
          `thread ${params.threadId} does not support realtime conversation: ${features.whyOff('realtime_conversation')}`,
        );
      }
      normalisers.delete(loaded);
      return { result: {}, after: loaded.voice.start(params) };
    },

    'thread/realtime/appendAudio': ({ threadId, audio }) => {
      const loaded = loadedThread(threadId);
      let normaliser = normalisers.get(loaded);
      if (normaliser === undefined) {
        normaliser = new InputNormaliser();
        normalisers.set(loaded, normaliser);
      }
      const { samplesPerChannel, data, sampleRate, numChannels } = audio;
      const taken = normaliser.normalise({
        data,
        sampleRate,
        numChannels,
        ...(typeof samplesPerChannel === 'number' ? { samplesPerChannel } : {}),
      });
      if (!taken.ok) throw invalidRequest(`Invalid request: audio: ${taken.message}`);
      // A resampler may need more input before it has anything to give.
      if (taken.samples.length === 0) return { result: {} };
      const base64 = taken.base64 ?? encodePcm(taken.samples);
      if (loaded.voice.give({ type: 'audio', base64 })) return { result: {} };
      return { result: {}, after: notRunning(threadId) };
    },

    'thread/realtime/appendText': ({ threadId, text, role, respond, clientItemId }) => {
      const { voice } = loadedThread(threadId);
      const isTaken = voice.give({
        type: 'text',
        role: role ?? 'user',
        text,
        respond: respond ?? false,
        itemId: clientItemId ?? undefined,
      });
      if (isTaken) return { result: {} };
      return { result: {}, after: notRunning(threadId) };
    },

    'thread/realtime/appendSpeech': ({ threadId, text }) => {
      const { voice } = loadedThread(threadId);
      if (voice.give({ type: 'speech', text })) return { result: {} };
      return { result: {}, after: notRunning(threadId) };
    },

    'thread/realtime/update': ({ threadId, outputModality, quiet, interruption, followUp }) => {
      loadedThread(threadId)
        .voice.running()
        .change({
          ...(outputModality === undefined || outputModality === null ? {} : { outputModality }),
          ...(quiet === undefined || quiet === null ? {} : { quiet }),
          ...(interruption === undefined || interruption === null ? {} : { interruption }),
          ...(followUp === undefined || followUp === null ? {} : { followUp }),
        });
      return { result: {} };
    },

    'thread/realtime/interrupt': ({ threadId, heard }) => {
      loadedThread(threadId)
        .voice.running()
        .interrupt(heard ?? []);
      return { result: {} };
    },

    'thread/realtime/stop': ({ threadId }) => {
      const { voice } = loadedThread(threadId);
      return {
        result: {},
        after: () => {
          voice.stop();
        },
      };
    },

    'thread/realtime/listPhrases': async ({ language }) => {
      const { config, provider } = await resolveConfig();
      const spoken = config.realtime.language ?? language ?? undefined;
      const sayable = await providers.phrases(provider, config, spoken);
      return {
        result: {
          phrases: sayable === undefined ? null : [...sayable.phrases],
          language: sayable?.language ?? null,
        },
      };
    },

    'thread/realtime/listVoices': async () => {
      // The families have their voices whatever the settings say, so a mistake in them refuses nothing here.
      const voices = await resolveConfig().then(
        ({ provider, config }) => configuredVoices(provider.kind, config.realtime),
        () => undefined,
      );
      return {
        result: {
          voices: {
            v1: [...REALTIME_VOICES_V1],
            v2: [...REALTIME_VOICES_V2],
            defaultV1: DEFAULT_VOICE_V1,
            defaultV2: DEFAULT_VOICE_V2,
            ...(voices?.names?.includes(PRACTICE_VOICES[0]) === true && {
              own: [...PRACTICE_VOICES],
              defaultOwn: voices.default,
            }),
          },
        },
      };
    },
  };
}
