import type {
  CustomToolCallItem,
  FunctionCallItem,
  ResponseItem,
  ToolOutput,
} from '../../model/index.ts';
import { sinceLastRequest } from './delegation.ts';
import type { OfferedTool, TextModelRequest } from './textModel.ts';

/** A tool the practice agent is going to call. */
export type ToolUse = { readonly name: string; readonly tool: OfferedTool };

/** Words in names of tools that say nothing about what they are for. */
const EMPTY_WORDS: ReadonlySet<string> = new Set(
  'get set the for and you use call tool tools function run make list show with from into'.split(
    ' ',
  ),
);
const MIN_WORD_CHARACTERS = 3;

/**
 * The tool to call for a request: the one it has to call, else the first one whose name shares a word
 * with what was asked. None where a tool has answered already, unless one must be called.
 */
export function toolFor(wanted: string, request: TextModelRequest): ToolUse | undefined {
  if (request.mustCall) {
    const [first] = request.tools;
    return first === undefined ? undefined : { name: first[0], tool: first[1] };
  }
  if (toolAnswers(request.input).length > 0) return undefined;
  const words = new Set(wordsOf(wanted));
  for (const [name, tool] of request.tools) {
    if (wordsOf(name).some((word) => words.has(word))) return { name, tool };
  }
  return undefined;
}

/** What the tools said since the user last spoke, as one line each. */
export function toolAnswers(input: readonly ResponseItem[]): readonly string[] {
  const items = sinceLastRequest(input);
  return items.flatMap((item) => {
    if (item.type !== 'function_call_output' && item.type !== 'custom_tool_call_output') return [];
    const name = input.find(callWith(item.call_id))?.name ?? 'The tool';
    return [`\`${name}\` says: ${outputText(item.output)}`];
  });
}

function callWith(callId: string) {
  return (item: ResponseItem): item is FunctionCallItem | CustomToolCallItem =>
    (item.type === 'function_call' || item.type === 'custom_tool_call') && item.call_id === callId;
}

function outputText(output: ToolOutput): string {
  if (typeof output === 'string') return output;
  return output.map((part) => ('text' in part ? part.text : `[${part.type}]`)).join(' ');
}

/** `getWeather_now` and `What's the weather?` alike, word by word. */
function wordsOf(text: string): readonly string[] {
  const words = text.replaceAll(/(\p{Ll})(\p{Lu})/gu, '$1 $2').toLowerCase();
  return (words.match(/\p{L}+/gu) ?? []).filter(
    (word) => word.length >= MIN_WORD_CHARACTERS && !EMPTY_WORDS.has(word),
  );
}
