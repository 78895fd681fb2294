import {
  answeredCallId,
  type ContentPart,
  itemForWire,
  type MessageItem,
  messageText,
  otherCallOf,
  type ResponseItem,
  textMessage,
  type ToolOutput,
} from '../contract/index.ts';
import { keptTexts } from './itemTexts.ts';

type Wire = Readonly<Record<string, unknown>>;

const NO_PICTURE = '(a picture, which this server does not take from a tool)';

/**
 * A conversation for servers that know little beyond messages and functions (responses §16): what
 * stands before the first words of the user joins the instructions, because many chat templates take
 * one system block and only at the beginning; later notes come as the user's; every call is that of a function,
 * and tools answer in text. Each item is the text that goes over the wire.
 */
export function plainInput(
  instructions: string,
  input: readonly ResponseItem[],
): { readonly instructions: string; readonly input: readonly string[] } {
  const begin = input.findIndex((item) => !isNote(item));
  const notes = input.slice(0, begin === -1 ? input.length : begin);
  const rest = input.slice(notes.length);
  const blocks = [instructions, ...notes.filter(isNote).map(messageText)];
  const others = rest.filter(({ type }) => type === 'unknownItem');
  const otherCalls = new Set(others.map((item) => otherCallOf(item)?.callId));
  return {
    instructions: blocks.filter((block) => block.trim() !== '').join('\n\n'),
    input: rest
      .map((item) => (item.type === 'unknownItem' ? otherText(item, otherCalls) : plainText(item)))
      .filter((text) => text !== ''),
  };
}

function isNote(item: ResponseItem): item is MessageItem {
  return item.type === 'message' && (item.role === 'developer' || item.role === 'system');
}

const textOf = (plain: Wire | undefined): string =>
  plain === undefined ? '' : JSON.stringify(plain);

/** Empty for what is left out. */
const plainText = keptTexts((item) => textOf(plainItem(item)));

/** What becomes of it hangs on the others, so it is made anew. */
const otherText = (...given: Parameters<typeof otherItem>): string => textOf(otherItem(...given));

function plainItem(item: ResponseItem): Wire | undefined {
  switch (item.type) {
    case 'message':
      return itemForWire(isNote(item) ? textMessage('user', noteText(item)) : item);
    case 'function_call':
      return item;
    case 'custom_tool_call': {
      const { call_id, name, input } = item;
      return { type: 'function_call', call_id, name, arguments: JSON.stringify({ input }) };
    }
    case 'function_call_output':
    case 'custom_tool_call_output': {
      const { call_id, output } = item;
      return { type: 'function_call_output', call_id, output: outputText(output) };
    }
    case 'reasoning': {
      // Only whoever sealed it can open it.
      const { encrypted_content: _sealed, ...open } = item;
      const hasText = item.summary.length > 0 || (item.content ?? []).length > 0;
      return hasText ? open : undefined;
    }
    case 'unknownItem':
      return undefined;
  }
}

/** Of kinds that such a server may not know, calls and what came of them; it would ask in vain for ever without. */
function otherItem(
  item: ResponseItem & { readonly type: 'unknownItem' },
  otherCalls: ReadonlySet<string | undefined>,
): Wire | undefined {
  const { type: _kind, id: _id, call_id: _callId, status: _status, ...content } = item.raw;
  const call = otherCallOf(item);
  if (call !== undefined) {
    const { callId: call_id, kind: name } = call;
    return { type: 'function_call', call_id, name, arguments: JSON.stringify(content) };
  }
  const call_id = answeredCallId(item);
  if (call_id === undefined || !otherCalls.has(call_id)) return undefined;
  const { output = content } = content;
  const text = typeof output === 'string' ? output : JSON.stringify(output);
  return { type: 'function_call_output', call_id, output: text };
}

const noteText = (item: MessageItem): string =>
  `<note from="the assistant's program, not the user">\n${messageText(item)}\n</note>`;

function outputText(output: ToolOutput): string {
  return typeof output === 'string' ? output : output.map(partText).join('\n');
}

function partText(part: ContentPart): string {
  if (part.type === 'input_text' || part.type === 'output_text') return part.text;
  if (part.type === 'refusal') return part.refusal;
  return part.type === 'input_image' ? NO_PICTURE : JSON.stringify(part.raw);
}
