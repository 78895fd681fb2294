import { assertNever } from '../../base/index.ts';
import { type ContentPart, itemForWire, type ResponseItem } from '../../model/index.ts';

const CHARS_PER_TOKEN = 4;
/** About what a screenshot costs; the length of its data says nothing. */
const IMAGE_TOKENS = 1_000;

/** Roughly how many tokens a text is: nobody but the provider counts them, and that afterwards. */
export const textTokens = (text: string): number => Math.ceil(text.length / CHARS_PER_TOKEN);

/** The same for items of a conversation. */
export function itemTokens(items: readonly ResponseItem[]): number {
  let tokens = 0;
  for (const item of items) tokens += tokensOf(item);
  return tokens;
}

function tokensOf(item: ResponseItem): number {
  switch (item.type) {
    case 'message':
      return partTokens(item.content);
    case 'function_call':
      return textTokens(item.arguments);
    case 'custom_tool_call':
      return textTokens(item.input);
    case 'function_call_output':
    case 'custom_tool_call_output':
      return typeof item.output === 'string' ? textTokens(item.output) : partTokens(item.output);
    case 'reasoning':
    case 'unknownItem':
      return textTokens(JSON.stringify(itemForWire(item)));
    default:
      return assertNever(item, 'response item');
  }
}

function partTokens(parts: readonly ContentPart[]): number {
  let tokens = 0;
  for (const part of parts) {
    if (part.type === 'input_image') tokens += IMAGE_TOKENS;
    else if (part.type === 'refusal') tokens += textTokens(part.refusal);
    else if (part.type === 'unknownPart') tokens += textTokens(JSON.stringify(part.raw));
    else tokens += textTokens(part.text);
  }
  return tokens;
}
