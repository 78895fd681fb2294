import * as z from 'zod';

import { assertNever } from '../../base/index.ts';
import { MessagePhase } from '../../protocol/index.ts';

/**
 * Response items: what a conversation with the Responses API is made of. They have the wire's own
 * shape, fields we do not know included; an item or part of a kind we do not know is wrapped, so that
 * a `switch` narrows, and `itemForWire` unwraps it as it came.
 */

type Wire = Readonly<Record<string, unknown>>;

type Table = {
  readonly options: readonly { readonly shape: { readonly type: z.ZodLiteral<string> } }[];
};

/** Wraps an object whose `type` the table does not name; everything else is for the table to judge. */
function wrapUnknown(table: Table, type: string): (value: unknown) => unknown {
  let known: ReadonlySet<string> | undefined;
  return (value) => {
    if (typeof value !== 'object' || value === null || !('type' in value)) return value;
    // With the first value: the table need not be there before.
    known ??= new Set(table.options.map((option) => option.shape.type.value));
    return typeof value.type !== 'string' || known.has(value.type) ? value : { type, raw: value };
  };
}

const Raw = z.record(z.string(), z.unknown());

const KnownContentPart = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('input_text'), text: z.string() }),
  z.looseObject({
    type: z.literal('input_image'),
    image_url: z.string(),
    detail: z.string().exactOptional(),
  }),
  z.looseObject({ type: z.literal('output_text'), text: z.string() }),
  z.looseObject({ type: z.literal('refusal'), refusal: z.string() }),
  z.object({ type: z.literal('unknownPart'), raw: Raw }),
]);
/** A part of a message or of what a tool hands back. */
const ContentPart = z.preprocess(wrapUnknown(KnownContentPart, 'unknownPart'), KnownContentPart);
export type ContentPart = z.infer<typeof ContentPart>;

const TextPart = z.looseObject({ type: z.string(), text: z.string() });

/** What a tool hands back: plain text, or parts where a tool shows pictures. */
const ToolOutput = z.union([z.string(), z.array(ContentPart)]);
export type ToolOutput = z.infer<typeof ToolOutput>;

const id = z.string().nullish();

const MessageItem = z.looseObject({
  type: z.literal('message'),
  id,
  role: z.enum(['user', 'assistant', 'developer', 'system']),
  content: z.array(ContentPart),
  phase: MessagePhase.nullish(),
});
export type MessageItem = z.infer<typeof MessageItem>;

const ReasoningItem = z.looseObject({
  type: z.literal('reasoning'),
  id,
  summary: z.array(TextPart),
  content: z.array(TextPart).nullish(),
  encrypted_content: z.string().nullish(),
});
export type ReasoningItem = z.infer<typeof ReasoningItem>;

const FunctionCallItem = z.looseObject({
  type: z.literal('function_call'),
  id,
  call_id: z.string(),
  name: z.string(),
  namespace: z.string().nullish(),
  /** JSON text as the model wrote it; nothing has checked it yet. */
  arguments: z.string(),
});
export type FunctionCallItem = z.infer<typeof FunctionCallItem>;

const FunctionCallOutputItem = z.looseObject({
  type: z.literal('function_call_output'),
  id,
  call_id: z.string(),
  output: ToolOutput,
});
export type FunctionCallOutputItem = z.infer<typeof FunctionCallOutputItem>;

const CustomToolCallItem = z.looseObject({
  type: z.literal('custom_tool_call'),
  id,
  call_id: z.string(),
  name: z.string(),
  namespace: z.string().nullish(),
  input: z.string(),
});
export type CustomToolCallItem = z.infer<typeof CustomToolCallItem>;

const CustomToolCallOutputItem = z.looseObject({
  type: z.literal('custom_tool_call_output'),
  id,
  call_id: z.string(),
  output: ToolOutput,
});
export type CustomToolCallOutputItem = z.infer<typeof CustomToolCallOutputItem>;

const KnownResponseItem = z.discriminatedUnion('type', [
  MessageItem,
  ReasoningItem,
  FunctionCallItem,
  FunctionCallOutputItem,
  CustomToolCallItem,
  CustomToolCallOutputItem,
  z.object({ type: z.literal('unknownItem'), raw: Raw }),
]);
/** Any item of a conversation; reads the wire's form as well as what `JSON.stringify` makes of one. */
export const ResponseItem = z.preprocess(
  wrapUnknown(KnownResponseItem, 'unknownItem'),
  KnownResponseItem,
);
export type ResponseItem = z.infer<typeof ResponseItem>;

/** A call of a kind the table does not name, which waits for an output. */
export type OtherCall = { readonly kind: string; readonly callId: string; readonly raw: Wire };

/** Calls that name themselves by `id` where `call_id` is missing; all others without one the provider runs. */
const OWN_CALLS: ReadonlySet<unknown> = new Set(['local_shell_call', 'tool_search_call']);

/** The call in an item of a kind we do not know; undefined for what the provider answers itself. */
export function otherCallOf(item: ResponseItem): OtherCall | undefined {
  if (item.type !== 'unknownItem') return undefined;
  const { raw } = item;
  const { type, execution } = raw;
  if (typeof type !== 'string' || !type.endsWith('_call') || execution === 'server') {
    return undefined;
  }
  const names = OWN_CALLS.has(type) ? [raw['call_id'], raw['id']] : [raw['call_id']];
  const callId = names.find((name) => typeof name === 'string' && name !== '');
  return typeof callId === 'string' ? { kind: type, callId, raw } : undefined;
}

/** True for what has to have an output before the model is asked again. */
export function isCall(item: ResponseItem): boolean {
  return (
    item.type === 'function_call' ||
    item.type === 'custom_tool_call' ||
    otherCallOf(item) !== undefined
  );
}

/** The call that an item is the output of, where it is one. */
export function answeredCallId(item: ResponseItem): string | undefined {
  const wire: Wire = item.type === 'unknownItem' ? item.raw : item;
  const { type, call_id: callId } = wire;
  const isOutput = typeof type === 'string' && type.endsWith('_output');
  return isOutput && typeof callId === 'string' ? callId : undefined;
}

/** The id the provider gave to an item, if it gave one. */
export function itemIdOf(item: ResponseItem): string | undefined {
  const itemId = item.type === 'unknownItem' ? item.raw['id'] : item.id;
  return typeof itemId === 'string' ? itemId : undefined;
}

/** An item as it goes into a request: what was wrapped comes out as it came in. */
export function itemForWire(item: ResponseItem): Wire {
  switch (item.type) {
    case 'unknownItem':
      return item.raw;
    case 'message':
      // Nearly all messages go as they are, and every turn sends all that there are.
      return item.content.some(({ type }) => type === 'unknownPart')
        ? { ...item, content: item.content.map(partForWire) }
        : item;
    case 'function_call_output':
    case 'custom_tool_call_output':
      return typeof item.output === 'string'
        ? item
        : { ...item, output: item.output.map(partForWire) };
    case 'function_call':
    case 'custom_tool_call':
    case 'reasoning':
      return item;
    default:
      return assertNever(item, 'response item');
  }
}

function partForWire(part: ContentPart): Wire {
  return part.type === 'unknownPart' ? part.raw : part;
}

/** The words of a message, refusals included, in the order of its parts. */
export function messageText(item: MessageItem): string {
  let text = '';
  for (const part of item.content) {
    if (part.type === 'output_text' || part.type === 'input_text') text += part.text;
    else if (part.type === 'refusal') text += part.refusal;
  }
  return text;
}

/** A message from the user, or a developer note, as input of a request. */
export function textMessage(role: 'user' | 'developer', text: string): MessageItem {
  return { type: 'message', role, content: [{ type: 'input_text', text }] };
}
