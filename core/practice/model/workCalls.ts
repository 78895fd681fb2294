import type { ResponseItem } from '../../model/index.ts';
import { sinceLastRequest } from './delegation.ts';
import type { Done, Move, Plan } from './plan.ts';
import type { TextModelOutput, TextModelRequest } from './textModel.ts';
import { COMMAND_TOOL, PATCH_TOOL } from './workSkills.ts';

type Work = Extract<Plan, { readonly type: 'work' }>;

const NO_TOOLS =
  'I would run a command for that, and here I may run none. Open a conversation that works in a folder.';

/** What to do next for a request that needs tools. */
export function nextMove(plan: Work, { input, tools }: TextModelRequest): Move {
  const since = sinceLastRequest(input);
  const move = plan.next(doneIn(since), doneIn(input.slice(0, input.length - since.length)));
  if (move.type === 'report') return move;
  const name = move.type === 'command' ? COMMAND_TOOL : PATCH_TOOL;
  return tools.has(name) ? move : { type: 'report', text: NO_TOOLS };
}

/** The call of a tool that makes the move. */
export function callOf(
  move: Exclude<Move, { readonly type: 'report' }>,
  { tools }: TextModelRequest,
): TextModelOutput {
  if (move.type === 'command') {
    return {
      type: 'call',
      name: COMMAND_TOOL,
      arguments: JSON.stringify({ cmd: move.script, login: move.isLogin }),
    };
  }
  return tools.get(PATCH_TOOL)?.kind === 'custom'
    ? { type: 'customCall', name: PATCH_TOOL, input: move.patch }
    : { type: 'call', name: PATCH_TOOL, arguments: JSON.stringify({ input: move.patch }) };
}

/** The calls of both tools among these items that have been answered, in their order. */
function doneIn(items: readonly ResponseItem[]): readonly Done[] {
  return items.flatMap((item): readonly Done[] => {
    if (item.type !== 'function_call' && item.type !== 'custom_tool_call') return [];
    if (item.name !== COMMAND_TOOL && item.name !== PATCH_TOOL) return [];
    const answer = items.find(
      (other) =>
        (other.type === 'function_call_output' || other.type === 'custom_tool_call_output') &&
        other.call_id === item.call_id,
    );
    if (answer?.type !== 'function_call_output' && answer?.type !== 'custom_tool_call_output') {
      return [];
    }
    const output =
      typeof answer.output === 'string' ? answer.output : JSON.stringify(answer.output);
    const input = item.type === 'custom_tool_call' ? item.input : inputOf(item.arguments);
    return [{ tool: item.name, input, output }];
  });
}

/** The text in a function's arguments, whatever its field is called. */
function inputOf(json: string): string {
  try {
    const value: unknown = JSON.parse(json);
    const [text] = Object.values(value instanceof Object ? value : {});
    return typeof text === 'string' ? text : '';
  } catch {
    return '';
  }
}
