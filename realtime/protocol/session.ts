import * as z from 'zod';

/** Audio formats of the GA API; PCM is 16-bit little-endian at 24 kHz only (realtime-v2 §21.2). */
const AudioFormat = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('audio/pcm'), rate: z.literal(24_000).optional() }),
  z.looseObject({ type: z.literal('audio/pcmu') }),
  z.looseObject({ type: z.literal('audio/pcma') }),
]);

export const TurnDetection = z.discriminatedUnion('type', [
  z.looseObject({
    type: z.literal('server_vad'),
    threshold: z.number().min(0).max(1).optional(),
    prefix_padding_ms: z.int().min(0).optional(),
    silence_duration_ms: z.int().min(0).optional(),
    create_response: z.boolean().optional(),
    interrupt_response: z.boolean().optional(),
    idle_timeout_ms: z.int().min(5000).max(30_000).nullable().optional(),
  }),
  z.looseObject({
    type: z.literal('semantic_vad'),
    eagerness: z.enum(['low', 'medium', 'high', 'auto']).optional(),
    create_response: z.boolean().optional(),
    interrupt_response: z.boolean().optional(),
  }),
]);
export type TurnDetection = z.infer<typeof TurnDetection>;

/** The voices of the GA API; a custom voice is named by an object with its id. */
export const VOICES = [
  'alloy',
  'ash',
  'ballad',
  'coral',
  'echo',
  'sage',
  'shimmer',
  'verse',
  'marin',
  'cedar',
] as const;

export const FunctionTool = z.looseObject({
  type: z.literal('function'),
  name: z.string(),
  description: z.string().optional(),
  parameters: z.unknown().optional(),
});
export type FunctionTool = z.infer<typeof FunctionTool>;

export const OutputModalities = z.tuple([z.enum(['text', 'audio'])]);

export const MaxOutputTokens = z.union([z.int().min(1).max(4096), z.literal('inf')]);

const InputAudio = z.looseObject({
  format: AudioFormat.optional(),
  noise_reduction: z
    .looseObject({ type: z.enum(['near_field', 'far_field']) })
    .nullable()
    .optional(),
  transcription: z.looseObject({ model: z.string().optional() }).nullable().optional(),
  turn_detection: TurnDetection.nullable().optional(),
});

const OutputAudio = z.looseObject({
  format: AudioFormat.optional(),
  voice: z.union([z.string(), z.looseObject({ id: z.string() })]).optional(),
  speed: z.number().min(0.25).max(1.5).optional(),
});

/** The part of a session a client may set; absent fields stay as they are (realtime-v2 §21.2). */
export const RealtimeSessionUpdate = z.looseObject({
  type: z.literal('realtime'),
  model: z.string().optional(),
  instructions: z.string().optional(),
  output_modalities: OutputModalities.optional(),
  audio: z.looseObject({ input: InputAudio.optional(), output: OutputAudio.optional() }).optional(),
  tools: z.array(z.looseObject({ type: z.string() })).optional(),
  tool_choice: z.union([z.string(), z.looseObject({ type: z.string() })]).optional(),
  max_output_tokens: MaxOutputTokens.optional(),
  truncation: z
    .union([
      z.enum(['auto', 'disabled']),
      z.looseObject({
        type: z.literal('retention_ratio'),
        retention_ratio: z.number().min(0).max(1),
      }),
    ])
    .optional(),
  tracing: z
    .union([z.literal('auto'), z.looseObject({})])
    .nullable()
    .optional(),
  include: z.array(z.string()).nullable().optional(),
  prompt: z.looseObject({ id: z.string() }).nullable().optional(),
  reasoning: z.looseObject({}).nullable().optional(),
  parallel_tool_calls: z.boolean().optional(),
});
export type RealtimeSessionUpdate = z.infer<typeof RealtimeSessionUpdate>;

/** A session that only turns speech into text (realtime-v2 §4.2). */
export const TranscriptionSessionUpdate = z.looseObject({
  type: z.literal('transcription'),
  audio: z.looseObject({ input: InputAudio.optional() }).optional(),
  include: z.array(z.string()).nullable().optional(),
});

export const SessionUpdate = z.discriminatedUnion('type', [
  RealtimeSessionUpdate,
  TranscriptionSessionUpdate,
]);
export type SessionUpdate = z.infer<typeof SessionUpdate>;
