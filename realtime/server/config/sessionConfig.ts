import type { TurnDetectorOptions } from '../../audio/index.ts';
import type { TurnDetection } from '../../protocol/index.ts';

export type Loose = Readonly<Record<string, unknown>>;

/** A session as the server keeps it: every field has a value (realtime-v2 §21.2). */
export type SessionObject = {
  readonly id: string;
  readonly type: 'realtime' | 'transcription';
  readonly model: string;
  readonly expiresAtMs: number;
  readonly instructions: string;
  readonly outputModality: 'audio' | 'text';
  readonly tools: readonly ({ readonly type: string } & Loose)[];
  readonly toolChoice: string | ({ readonly type: string } & Loose);
  readonly maxOutputTokens: number | 'inf';
  readonly input: {
    readonly format: Loose;
    readonly noiseReduction: Loose | null;
    readonly transcription: Loose | null;
    readonly turnDetection: TurnDetection | null;
  };
  readonly output: {
    readonly format: Loose;
    readonly voice: string | Loose;
    readonly speed: number;
  };
  /** Settings that are kept and told back but change nothing here. */
  readonly carried: Loose;
};

const PCM = { type: 'audio/pcm', rate: 24_000 };

export function newSession(id: string, model: string, expiresAtMs: number): SessionObject {
  return {
    id,
    type: 'realtime',
    model,
    expiresAtMs,
    instructions: '',
    outputModality: 'audio',
    tools: [],
    toolChoice: 'auto',
    maxOutputTokens: 'inf',
    input: {
      format: PCM,
      noiseReduction: null,
      transcription: null,
      turnDetection: withTurnDefaults({ type: 'server_vad' }),
    },
    output: { format: PCM, voice: 'alloy', speed: 1 },
    carried: { truncation: 'auto', tracing: null, include: null, prompt: null },
  };
}

/** The session as clients see it. */
export function describeSession(session: SessionObject): Loose {
  const { input, output, carried } = session;
  const audioInput = {
    format: input.format,
    noise_reduction: input.noiseReduction,
    transcription: input.transcription,
    turn_detection: input.turnDetection,
  };
  const common = { id: session.id, expires_at: Math.floor(session.expiresAtMs / 1000) };
  if (session.type === 'transcription') {
    return {
      type: 'transcription',
      object: 'realtime.transcription_session',
      ...common,
      audio: { input: audioInput },
      include: carried['include'],
    };
  }
  return {
    type: 'realtime',
    object: 'realtime.session',
    ...common,
    model: session.model,
    instructions: session.instructions,
    output_modalities: [session.outputModality],
    audio: { input: audioInput, output },
    tools: session.tools,
    tool_choice: session.toolChoice,
    max_output_tokens: session.maxOutputTokens,
    ...carried,
  };
}

/** Turn detection with every setting in it. */
export function withTurnDefaults(detection: TurnDetection): TurnDetection {
  const common = { create_response: true, interrupt_response: true };
  return detection.type === 'server_vad'
    ? {
        threshold: 0.5,
        prefix_padding_ms: 300,
        silence_duration_ms: 500,
        idle_timeout_ms: null,
        ...common,
        ...detection,
      }
    : { eagerness: 'auto', ...common, ...detection };
}

/** How long each eagerness waits in silence; the words that would shorten it are not understood. */
const SEMANTIC_SILENCE_MS = { low: 1600, medium: 900, auto: 900, high: 500 } as const;

/** What a session's settings mean to the turn detector. */
export function detectorOptions(detection: TurnDetection): TurnDetectorOptions {
  if (detection.type === 'semantic_vad') {
    const silenceDurationMs = SEMANTIC_SILENCE_MS[detection.eagerness ?? 'auto'];
    return { threshold: 0.5, prefixPaddingMs: 300, silenceDurationMs };
  }
  return {
    threshold: detection.threshold ?? 0.5,
    prefixPaddingMs: detection.prefix_padding_ms ?? 300,
    silenceDurationMs: detection.silence_duration_ms ?? 500,
  };
}
