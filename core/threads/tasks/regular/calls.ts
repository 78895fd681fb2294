import type { ResponseItem } from '../../../model/index.ts';

/** What the model wants a tool to do. */
export type Call = {
  readonly callId: string;
  readonly kind: 'function' | 'custom';
  readonly name: string;
  readonly input: string;
};

export function asCall(item: ResponseItem): Call | undefined {
  if (item.type === 'function_call') {
    return { callId: item.call_id, kind: 'function', name: item.name, input: item.arguments };
  }
  if (item.type === 'custom_tool_call') {
    return { callId: item.call_id, kind: 'custom', name: item.name, input: item.input };
  }
  return undefined;
}

export function outputOf(call: Call, output: string): ResponseItem {
  const type =
    call.kind === 'function'
      ? ('function_call_output' as const)
      : ('custom_tool_call_output' as const);
  return { type, call_id: call.callId, output };
}
