import * as z from 'zod';

const itemBase = {
  id: z.string().optional(),
  object: z.string().optional(),
  status: z.string().optional(),
};

/** Content parts of messages; a role decides which of them it may hold (realtime-v2 §21.3). */
export const ContentPart = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('input_text'), text: z.string() }),
  z.looseObject({
    type: z.literal('input_audio'),
    audio: z.string().nullish(),
    transcript: z.string().nullish(),
  }),
  z.looseObject({ type: z.literal('input_image'), image_url: z.string().nullish() }),
  z.looseObject({ type: z.literal('output_text'), text: z.string().nullish() }),
  z.looseObject({
    type: z.literal('output_audio'),
    audio: z.string().nullish(),
    transcript: z.string().nullish(),
  }),
]);
export type ContentPart = z.infer<typeof ContentPart>;

export const MessageItem = z.looseObject({
  ...itemBase,
  type: z.literal('message'),
  role: z.enum(['system', 'developer', 'user', 'assistant']),
  content: z.array(ContentPart),
});
export const FunctionCallItem = z.looseObject({
  ...itemBase,
  type: z.literal('function_call'),
  name: z.string(),
  call_id: z.string().optional(),
  arguments: z.string(),
});
export const FunctionCallOutputItem = z.looseObject({
  ...itemBase,
  type: z.literal('function_call_output'),
  call_id: z.string(),
  output: z.string(),
});

/** An item of a conversation that either side may send. */
export const ConversationItem = z.discriminatedUnion('type', [
  MessageItem,
  FunctionCallItem,
  FunctionCallOutputItem,
]);
export type ConversationItem = z.infer<typeof ConversationItem>;
