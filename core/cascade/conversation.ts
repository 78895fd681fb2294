import type { ModelContext, ModelItem } from '../../realtime/server/index.ts';
import { shortened } from '../base/index.ts';
import {
  type FunctionTool,
  type ModelRequest,
  type ResponseItem,
  textMessage,
} from '../model/index.ts';

/** What the text model is told beyond what the client says: it writes, and somebody else speaks. */
const SPOKEN = `Your words are turned into speech as you write them. Write plain sentences as one says them: no Markdown, no lists, no symbols, no emoji. What the user says comes to you through speech recognition, which makes mistakes; where a word makes no sense, take the one that sounds like it.`;

/** So much of a call says which one it was. */
const MAX_ARGUMENTS_CHARS = 200;

const UNDER_WAY = 'Under way. What comes of it follows later; go on talking meanwhile.';

/**
 * Whether there is anything to be answered: a turn in which no words were found, a cough or one whose
 * transcription failed, is not, unless something else came along.
 */
export function hasSomethingToAnswer({ items, ownInstructions, mustCall }: ModelContext): boolean {
  if (ownInstructions || mustCall) return true;
  const open = items.slice(items.findLastIndex(isAssistants) + 1);
  return open.length === 0 || !open.every(isWordless);
}

const isAssistants = (item: ModelItem): boolean =>
  item.type === 'call' || (item.type === 'message' && item.role === 'assistant');

const isWordless = (item: ModelItem): boolean =>
  item.type === 'message' && item.heard !== undefined && item.text.trim() === '';

/** A conversation of the Realtime API as one request to a text model. */
export function samplingRequest(context: ModelContext): ModelRequest {
  const { model, instructions, functions, modality, forcedTool, mustCall } = context;
  const spoken = modality === 'audio' ? SPOKEN : '';
  const tools = functions
    .filter(({ name }) => forcedTool === undefined || name === forcedTool)
    .map(toolOf);
  return {
    model,
    instructions: [instructions, spoken].filter((part) => part !== '').join('\n\n'),
    input: inputOf(context.items),
    tools,
    toolChoice: tools.length > 0 && (mustCall || forcedTool !== undefined) ? 'required' : 'auto',
    parallelToolCalls: false,
  };
}

function toolOf({
  name,
  description,
  parameters,
}: ModelContext['functions'][number]): FunctionTool {
  const schema = typeof parameters === 'object' && parameters !== null ? { ...parameters } : {};
  return {
    type: 'function',
    name,
    description: description ?? '',
    strict: false,
    parameters: { type: 'object', properties: {}, ...schema },
  };
}

/**
 * Text models want the output of a call right behind it, and in a conversation it may come much later.
 * Then the call is answered with that, and the output comes as a note where it came.
 */
function inputOf(items: readonly ModelItem[]): readonly ResponseItem[] {
  return items.flatMap((item, index): readonly ResponseItem[] => {
    switch (item.type) {
      case 'message':
        return messageOf(item);
      case 'call': {
        const { callId, name } = item;
        const call = {
          type: 'function_call',
          call_id: callId,
          name,
          arguments: item.arguments,
        } as const;
        const isAnswered = outputsBehind(items, index).has(callId);
        return isAnswered ? [call] : [call, outputOf(callId, UNDER_WAY)];
      }
      case 'callOutput': {
        const { callId, output } = item;
        const at = items.findLastIndex((other) => other.type === 'call' && other.callId === callId);
        if (at >= 0 && outputsBehind(items, at).has(callId)) return [outputOf(callId, output)];
        return [textMessage('developer', `The result${ofCall(items[at])}: ${output}`)];
      }
    }
  });
}

/** Of several calls under way it has to be told which one is meant. */
function ofCall(call: ModelItem | undefined): string {
  if (call?.type !== 'call') return '';
  return ` of ${call.name}(${shortened(call.arguments, MAX_ARGUMENTS_CHARS)})`;
}

/** The calls that are answered before anybody says something. */
function outputsBehind(items: readonly ModelItem[], callAt: number): ReadonlySet<string> {
  const answered = new Set<string>();
  for (const item of items.slice(callAt + 1)) {
    if (item.type === 'message') break;
    if (item.type === 'callOutput') answered.add(item.callId);
  }
  return answered;
}

const outputOf = (callId: string, output: string): ResponseItem => ({
  type: 'function_call_output',
  call_id: callId,
  output,
});

function messageOf({
  role,
  text,
}: Extract<ModelItem, { type: 'message' }>): readonly ResponseItem[] {
  if (text.trim() === '') return [];
  switch (role) {
    case 'assistant':
      return [{ type: 'message', role, content: [{ type: 'output_text', text }] }];
    case 'user':
      return [textMessage('user', text)];
    case 'system':
    case 'developer':
      return [textMessage('developer', text)];
  }
}
