import { type RealtimeSessionUpdate, type SessionUpdate, VOICES } from '../../protocol/index.ts';
import { type ErrorBody, invalidRequest, type Refusal } from '../errors/index.ts';
import { type Loose, type SessionObject, withTurnDefaults } from './sessionConfig.ts';

export type SessionMerge =
  | { readonly kind: 'merged'; readonly session: SessionObject }
  | { readonly kind: 'refused'; readonly error: ErrorBody };

export type MergeRules = {
  /** Voices this server has beside those of the API, whose names it takes for its own choice; undefined takes any. */
  readonly voices: readonly string[] | undefined;
  /** The assistant has been heard, so its voice stays. */
  readonly voiceFixed: boolean;
};

/**
 * Applies the fields present in `update`, all of them or, with the reason, none. The model stays the
 * one of the address: clients send a default of their own along with every update.
 */
export function mergeSession(
  session: SessionObject,
  update: SessionUpdate,
  rules: MergeRules,
): SessionMerge {
  const error = findFault(session, update, rules);
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

/** The fields a client may set, by the place they are in. */
const KNOWN_FIELDS = {
  realtime: [
    'type',
    'model',
    'instructions',
    'output_modalities',
    'audio',
    'tools',
    'tool_choice',
    'max_output_tokens',
    ...CARRIED,
  ],
  transcription: ['type', 'audio', 'include'],
  audio: { realtime: ['input', 'output'], transcription: ['input'] },
  input: ['format', 'noise_reduction', 'transcription', 'turn_detection'],
  output: ['format', 'voice', 'speed'],
} as const satisfies Loose;

/** The first field that does not belong where it stands. */
function findStranger(update: SessionUpdate): string | undefined {
  const { type, audio } = update;
  const output = update.type === 'realtime' ? update.audio?.output : undefined;
  const places: readonly (readonly [string, object | undefined, readonly string[]])[] = [
    ['session', update, KNOWN_FIELDS[type]],
    ['session.audio', audio, KNOWN_FIELDS.audio[type]],
    ['session.audio.input', audio?.input, KNOWN_FIELDS.input],
    ['session.audio.output', output, KNOWN_FIELDS.output],
  ];
  for (const [place, given, known] of places) {
    const stranger = Object.keys(given ?? {}).find((key) => !known.includes(key));
    if (stranger !== undefined) return `${place}.${stranger}`;
  }
  return undefined;
}

function findFault(
  session: SessionObject,
  update: SessionUpdate,
  rules: MergeRules,
): ErrorBody | undefined {
  const param = findStranger(update);
  if (param !== undefined) {
    const message = `Unknown parameter: '${param}'.`;
    return invalidRequest({ code: 'unknown_parameter', message, param });
  }
  return update.type === 'realtime' ? findRealtimeFault(session, update, rules) : undefined;
}

function findRealtimeFault(
  session: SessionObject,
  update: RealtimeSessionUpdate,
  { voices, voiceFixed }: MergeRules,
): ErrorBody | undefined {
  const { voice } = update.audio?.output ?? {};
  const known = voices === undefined ? undefined : [...VOICES, ...voices];
  if (typeof voice === 'string' && known?.includes(voice) === false) {
    return invalidRequest({
      code: 'invalid_value',
      message: `Invalid value: '${voice}'. Supported voices are: ${known.join(', ')}.`,
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
