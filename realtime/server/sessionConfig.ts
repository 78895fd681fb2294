import type { TurnDetectorOptions } from '../audio/index.ts';
import {
  type RealtimeSessionUpdate,
  type SessionUpdate,
  type TurnDetection,
  VOICES,
} from '../protocol/index.ts';
import { type ErrorBody, invalidRequest, type Refusal } from './errorBody.ts';

type Loose = Readonly<Record<string, unknown>>;

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

export type SessionMerge =
  | { readonly kind: 'merged'; readonly session: SessionObject }
  | { readonly kind: 'refused'; readonly error: ErrorBody };

/**
 * Applies the fields present in `update`, all of them or, with the reason, none. The model stays the
 * one of the address: clients send a default of their own along with every update.
 */
export function mergeSession(
  session: SessionObject,
  update: SessionUpdate,
  voiceFixed: boolean,
): SessionMerge {
  const error = findFault(session, update, voiceFixed);
  if (error !== undefined) return { kind: 'refused', error };
  const input = { ...session.input, ...presentInput(update.audio?.input) };
  if (update.type === 'transcription') {
    const carried = pickPresent(session.carried, update, ['include']);
    return { kind: 'merged', session: { ...session, type: 'transcription', input, carried } };
  }
  const output = update.audio?.output;
  return {
    kind: 'merged',
    session: {
      ...session,
      type: 'realtime',
      input,
      output: {
        format: output?.format ?? session.output.format,
        voice: output?.voice ?? session.output.voice,
        speed: output?.speed ?? session.output.speed,
      },
      instructions: update.instructions ?? session.instructions,
      outputModality: update.output_modalities?.[0] ?? session.outputModality,
      tools: update.tools ?? session.tools,
      toolChoice: update.tool_choice ?? session.toolChoice,
      maxOutputTokens: update.max_output_tokens ?? session.maxOutputTokens,
      carried: pickPresent(session.carried, update, CARRIED),
    },
  };
}

const CARRIED = [
  'truncation',
  'tracing',
  'include',
  'prompt',
  'reasoning',
  'parallel_tool_calls',
] as const;

function pickPresent(before: Loose, update: Loose, keys: readonly string[]): Loose {
  const present = keys.filter((key) => update[key] !== undefined);
  return { ...before, ...Object.fromEntries(present.map((key) => [key, update[key]])) };
}

type InputUpdate = NonNullable<RealtimeSessionUpdate['audio']>['input'];

/** `null` switches a feature off, an absent field leaves it alone. */
function presentInput(update: InputUpdate): Partial<SessionObject['input']> {
  if (update === undefined) return {};
  const { format, noise_reduction, transcription, turn_detection } = update;
  return {
    ...(format !== undefined && { format }),
    ...(noise_reduction !== undefined && { noiseReduction: noise_reduction }),
    ...(transcription !== undefined && { transcription }),
    ...(turn_detection !== undefined && {
      turnDetection: turn_detection === null ? null : withTurnDefaults(turn_detection),
    }),
  };
}

function withTurnDefaults(detection: TurnDetection): TurnDetection {
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

const REALTIME_KEYS: ReadonlySet<string> = new Set([
  'type',
  'model',
  'instructions',
  'output_modalities',
  'audio',
  'tools',
  'tool_choice',
  'max_output_tokens',
  ...CARRIED,
]);
const TRANSCRIPTION_KEYS: ReadonlySet<string> = new Set(['type', 'audio', 'include']);

function findFault(
  session: SessionObject,
  update: SessionUpdate,
  voiceFixed: boolean,
): ErrorBody | undefined {
  const known = update.type === 'realtime' ? REALTIME_KEYS : TRANSCRIPTION_KEYS;
  const stranger = Object.keys(update).find((key) => !known.has(key));
  if (stranger !== undefined) {
    const param = `session.${stranger}`;
    return invalidRequest({
      code: 'unknown_parameter',
      message: `Unknown parameter: '${param}'.`,
      param,
    });
  }
  const { format } = update.audio?.input ?? {};
  if (format !== undefined && format.type !== 'audio/pcm')
    return unsupportedFormat('input', format.type);
  return update.type === 'realtime' ? findRealtimeFault(session, update, voiceFixed) : undefined;
}

function findRealtimeFault(
  session: SessionObject,
  update: RealtimeSessionUpdate,
  voiceFixed: boolean,
): ErrorBody | undefined {
  const { voice, format } = update.audio?.output ?? {};
  if (format !== undefined && format.type !== 'audio/pcm')
    return unsupportedFormat('output', format.type);
  if (typeof voice === 'string' && !VOICES.some((name) => name === voice)) {
    return invalidRequest({
      code: 'invalid_value',
      message: `Invalid value: '${voice}'. Supported voices are: ${VOICES.join(', ')}.`,
      param: 'session.audio.output.voice',
    });
  }
  if (
    voice !== undefined &&
    voiceFixed &&
    JSON.stringify(voice) !== JSON.stringify(session.output.voice)
  ) {
    return invalidRequest({
      code: 'cannot_update_voice',
      message: 'The voice cannot change once the assistant has been heard in this conversation.',
      param: 'session.audio.output.voice',
    });
  }
  const tools = findToolFault(update.tools ?? [], 'session.tools');
  return tools === undefined ? undefined : invalidRequest(tools);
}

/** What is wrong with a list of tools; `place` is where the client put it. */
export function findToolFault(tools: SessionObject['tools'], place: string): Refusal | undefined {
  for (const [index, tool] of tools.entries()) {
    const where = `${place}[${index}]`;
    if (tool.type !== 'function') {
      const message = 'This local server runs tools of type "function" only.';
      return { code: 'invalid_value', message, param: `${where}.type` };
    }
    if (typeof tool['name'] !== 'string') {
      const param = `${where}.name`;
      return {
        code: 'missing_required_parameter',
        message: `Missing required parameter: '${param}'.`,
        param,
      };
    }
  }
  return undefined;
}

function unsupportedFormat(direction: 'input' | 'output', type: string): ErrorBody {
  return invalidRequest({
    code: 'invalid_value',
    message: `This local server speaks audio/pcm at 24000 Hz only, not '${type}'.`,
    param: `session.audio.${direction}.format.type`,
  });
}
