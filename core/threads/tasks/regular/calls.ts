import { type OtherCall, otherCallOf, type ResponseItem } from '../../../model/index.ts';
import type { ToolCall, ToolResult } from '../../../tools/index.ts';

/** A call of an answer, with what its output needs to know of it. */
export type AnswerCall = ToolCall & { readonly other?: OtherCall };

/** The call in an item of an answer; undefined for what is none. */
export function asCall(item: ResponseItem): AnswerCall | undefined {
  if (item.type !== 'function_call' && item.type !== 'custom_tool_call') {
    const other = otherCallOf(item);
    if (other === undefined) return undefined;
    const input = JSON.stringify(other.raw['arguments'] ?? {});
    return { callId: other.callId, kind: 'other', name: other.kind, input, other };
  }
  const { call_id: callId, name, namespace } = item;
  return {
    callId,
    name,
    ...(typeof namespace === 'string' && namespace !== '' && { namespace }),
    ...(item.type === 'function_call'
      ? { kind: 'function', input: item.arguments }
      : { kind: 'custom', input: item.input }),
  };
}

export function outputOf({ kind, callId, other }: AnswerCall, result: ToolResult): ResponseItem {
  if (other !== undefined) return { type: 'unknownItem', raw: otherOutput(other, result) };
  // What was found is for the search alone; any other call gets words.
  const output = isFound(result) ? JSON.stringify(result.found) : result;
  return kind === 'function'
    ? { type: 'function_call_output', call_id: callId, output }
    : { type: 'custom_tool_call_output', call_id: callId, output };
}

const isFound = (result: ToolResult): result is Extract<ToolResult, { readonly found: unknown }> =>
  typeof result === 'object' && 'found' in result;

/** What came of a call, mostly nothing, in the form its kind wants; most have their output as text (responses §12.3). */
function otherOutput(
  { kind, callId, raw }: OtherCall,
  output: ToolResult,
): Readonly<Record<string, unknown>> {
  const text = typeof output === 'string' ? output : JSON.stringify(output);
  switch (kind) {
    case 'tool_search_call': {
      const tools = isFound(output) ? output.found : [];
      const found = { status: 'completed', execution: 'client', tools };
      return { type: 'tool_search_output', call_id: callId, ...found };
    }
    case 'local_shell_call':
      return {
        type: 'local_shell_call_output',
        id: raw['id'] ?? callId,
        call_id: callId,
        output: text,
      };
    case 'shell_call': {
      const outcome = { type: 'exit', exit_code: 1 };
      const result = { stdout: '', stderr: text, outcome };
      return { type: 'shell_call_output', call_id: callId, output: [result] };
    }
    case 'apply_patch_call':
      return { type: 'apply_patch_call_output', call_id: callId, status: 'failed', output: text };
    default:
      return { type: `${kind}_output`, call_id: callId, output: text };
  }
}
