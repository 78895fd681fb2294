import {
  type ContentPart,
  itemForWire,
  type MessageItem,
  messageText,
  type ResponseItem,
  textMessage,
  type ToolOutput,
} from '../contract/index.ts';

type Wire = Readonly<Record<string, unknown>>;

const NO_PICTURE = '(a picture, which this server does not take from a tool)';

/**
 * A conversation for servers that know little beyond messages and functions (responses §16): what
 * stands before the first words of the user joins the instructions, because many chat templates take
 * one system block and only at the beginning; later notes come as the user's; tools answer in text.
 */
export function plainInput(
  instructions: string,
  input: readonly ResponseItem[],
): { readonly instructions: string; readonly input: readonly Wire[] } {
  const begin = input.findIndex((item) => !isNote(item));
  const notes = input.slice(0, begin === -1 ? input.length : begin);
  const rest = input.slice(notes.length);
  const blocks = [instructions, ...notes.filter(isNote).map(messageText)];
  return {
    instructions: blocks.filter((block) => block.trim() !== '').join('\n\n'),
    input: rest.flatMap(plainItem),
  };
}

function isNote(item: ResponseItem): item is MessageItem {
  return item.type === 'message' && (item.role === 'developer' || item.role === 'system');
}

function plainItem(item: ResponseItem): readonly Wire[] {
  switch (item.type) {
    case 'message':
      return [itemForWire(isNote(item) ? textMessage('user', noteText(item)) : item)];
    case 'function_call':
      return [item];
    case 'custom_tool_call': {
      const { call_id, name, input } = item;
      return [{ type: 'function_call', call_id, name, arguments: JSON.stringify({ input }) }];
    }
    case 'function_call_output':
    case 'custom_tool_call_output': {
      const { call_id, output } = item;
      return [{ type: 'function_call_output', call_id, output: outputText(output) }];
    }
    case 'reasoning': {
      // Only whoever sealed it can open it.
      const { encrypted_content: _sealed, ...open } = item;
      const hasText = item.summary.length > 0 || (item.content ?? []).length > 0;
      return hasText ? [open] : [];
    }
    case 'unknownItem':
      return [];
  }
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
