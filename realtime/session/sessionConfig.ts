import type { FunctionTool, SessionUpdate, TurnDetection } from '../protocol/index.ts';

/** Samples per second of PCM on the Realtime wire, both ways (realtime-v2 §21.2). */
export const REALTIME_SAMPLE_RATE_HZ = 24_000;

/** Asks the built-in server to say what can be said (realtime-v2 §21.6). */
const PHRASES = 'parley.phrases';

/** What happens to the voice when the user speaks into it: it stops, goes on, or stops by key only. */
export type Interruption = 'on' | 'off' | 'key';

/** A conversation with a model, or dictation: a session that only turns speech into text. */
export type SessionConfig = ConversationConfig | DictationConfig;

/** What turns the user's speech into text; in a conversation its words come beside the model's own hearing. */
type Transcription = {
  /** Empty leaves it to the server. */
  readonly transcriptionModel: string;
  /** What the user speaks, as a tag; undefined leaves it to the server to find out. */
  readonly language: string | undefined;
  /** The server understands a set of phrases only, and is to tell which. */
  readonly tellsPhrases: boolean;
};

export type DictationConfig = Transcription & { readonly type: 'transcription' };

export type ConversationConfig = Transcription & {
  readonly type: 'realtime';
  /** May be empty; absent instructions never reach the wire (realtime-v2 §4.1). */
  readonly instructions: string;
  readonly outputModality: 'text' | 'audio';
  readonly interruption: Interruption;
  /** Empty leaves it to the server. */
  readonly voice: string;
  /** undefined = the voice's own pace. */
  readonly speed: number | undefined;
  /** What the model may call; the session's owner answers these calls. */
  readonly tools: readonly FunctionTool[];
};

/** Turn detection of the server (realtime-v2 §4.1); only `on` lets speech cut a response short. */
export function turnDetection(interruption: Interruption): TurnDetection {
  return {
    type: 'server_vad',
    interrupt_response: interruption === 'on',
    create_response: true,
    silence_duration_ms: 500,
  };
}

/** The `session.update` body of a v2 session, field for field (realtime-v2 §4.1, §4.2). */
export function sessionUpdate(config: SessionConfig): SessionUpdate {
  const format = { type: 'audio/pcm', rate: REALTIME_SAMPLE_RATE_HZ } as const;
  const { transcriptionModel, language } = config;
  const transcription = {
    ...(transcriptionModel !== '' && { model: transcriptionModel }),
    ...(language !== undefined && { language }),
  };
  const include = config.tellsPhrases ? { include: [PHRASES] } : {};
  if (config.type === 'transcription') {
    return { type: 'transcription', audio: { input: { format, transcription } }, ...include };
  }
  return {
    type: 'realtime',
    instructions: config.instructions,
    output_modalities: [config.outputModality],
    audio: {
      input: {
        format,
        noise_reduction: { type: 'near_field' },
        transcription,
        turn_detection: turnDetection(config.interruption),
      },
      output: {
        format,
        ...(config.voice !== '' && { voice: config.voice }),
        ...(config.speed !== undefined && { speed: config.speed }),
      },
    },
    tools: [...config.tools],
    tool_choice: 'auto',
    ...include,
  };
}
