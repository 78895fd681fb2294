import * as z from 'zod';

import { ConversationItem } from './items.ts';
import { MaxOutputTokens, OutputModalities, SessionUpdate } from './session.ts';

const base = { event_id: z.string().max(512).optional() };

/** What one response may override of its session (realtime-v2 §21.3). */
export const ResponseOptions = z.looseObject({
  instructions: z.string().optional(),
  output_modalities: OutputModalities.optional(),
  tools: z.array(z.looseObject({ type: z.string() })).optional(),
  tool_choice: z.union([z.string(), z.looseObject({ type: z.string() })]).optional(),
  max_output_tokens: MaxOutputTokens.optional(),
  metadata: z.record(z.string(), z.string()).nullish(),
  conversation: z.enum(['auto', 'none']).optional(),
  input: z.array(z.unknown()).optional(),
});
export type ResponseOptions = z.infer<typeof ResponseOptions>;

/** The eleven client events of the GA API (realtime-v2 §21.3). */
export const ClientEvent = z.discriminatedUnion('type', [
  z.looseObject({ ...base, type: z.literal('session.update'), session: SessionUpdate }),
  z.looseObject({ ...base, type: z.literal('input_audio_buffer.append'), audio: z.string() }),
  z.looseObject({ ...base, type: z.literal('input_audio_buffer.commit') }),
  z.looseObject({ ...base, type: z.literal('input_audio_buffer.clear') }),
  z.looseObject({
    ...base,
    type: z.literal('conversation.item.create'),
    item: ConversationItem,
    previous_item_id: z.string().nullish(),
  }),
  z.looseObject({ ...base, type: z.literal('conversation.item.retrieve'), item_id: z.string() }),
  z.looseObject({ ...base, type: z.literal('conversation.item.delete'), item_id: z.string() }),
  z.looseObject({
    ...base,
    type: z.literal('conversation.item.truncate'),
    item_id: z.string(),
    content_index: z.int(),
    audio_end_ms: z.int().nonnegative(),
  }),
  z.looseObject({
    ...base,
    type: z.literal('response.create'),
    response: ResponseOptions.optional(),
  }),
  z.looseObject({
    ...base,
    type: z.literal('response.cancel'),
    response_id: z.string().optional(),
  }),
  z.looseObject({ ...base, type: z.literal('output_audio_buffer.clear') }),
]);
export type ClientEvent = z.infer<typeof ClientEvent>;

export const CLIENT_EVENT_TYPES: ReadonlySet<string> = new Set(
  ClientEvent.options.map((option) => option.shape.type.value),
);
