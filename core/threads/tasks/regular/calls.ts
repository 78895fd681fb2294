import type { ResponseItem, ToolOutput } from '../../../model/index.ts';
import type { ToolCall } from '../../../tools/index.ts';

/** The call in an item of an answer; undefined for what is none. */
export function asCall(item: ResponseItem): ToolCall | undefined {
  if (item.type !== 'function_call' && item.type !== 'custom_tool_call') return undefined;
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

export function outputOf({ kind, callId }: ToolCall, output: ToolOutput): ResponseItem {
  return kind === 'function'
    ? { type: 'function_call_output', call_id: callId, output }
    : { type: 'custom_tool_call_output', call_id: callId, output };
}
