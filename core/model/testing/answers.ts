import type { UpstreamEvent } from './upstreamSteps.ts';

/** The events of a whole answer that says `text` in deltas of one word. */
export function messageAnswer(
  text: string,
  ids = { response: 'resp_1', item: 'msg_1' },
): UpstreamEvent[] {
  const item = { type: 'message', id: ids.item, role: 'assistant' };
  return [
    { type: 'response.created', response: { id: ids.response } },
    { type: 'response.output_item.added', output_index: 0, item: { ...item, content: [] } },
    ...(text.match(/\S+\s*/gu) ?? []).map((delta) => ({
      type: 'response.output_text.delta',
      item_id: ids.item,
      output_index: 0,
      content_index: 0,
      delta,
    })),
    {
      type: 'response.output_item.done',
      output_index: 0,
      item: { ...item, content: [{ type: 'output_text', text }] },
    },
    completed(ids.response),
  ];
}

/** The beginning of such an answer: its first item is open and has said "hello ". */
export function halfAnswer(): UpstreamEvent[] {
  return messageAnswer('hello there').slice(0, 3);
}

/** The same events without the beginning of the response, one place further on. */
export function secondItem(events: readonly UpstreamEvent[]): UpstreamEvent[] {
  const text = JSON.stringify(events.slice(1))
    .replaceAll('msg_1', 'msg_2')
    .replaceAll('"output_index":0', '"output_index":1');
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the same events, renumbered
  return JSON.parse(text) as UpstreamEvent[];
}

/** The events of a whole answer that calls one function. */
export function callAnswer(
  call: { readonly name: string; readonly arguments: unknown; readonly callId: string },
  responseId = 'resp_1',
): UpstreamEvent[] {
  return [
    { type: 'response.created', response: { id: responseId } },
    {
      type: 'response.output_item.done',
      output_index: 0,
      item: {
        type: 'function_call',
        id: `fc_${call.callId}`,
        call_id: call.callId,
        name: call.name,
        arguments: JSON.stringify(call.arguments),
      },
    },
    completed(responseId),
  ];
}

export function completed(responseId: string): UpstreamEvent {
  return {
    type: 'response.completed',
    response: {
      id: responseId,
      usage: {
        input_tokens: 100,
        input_tokens_details: { cached_tokens: 40 },
        output_tokens: 20,
        output_tokens_details: { reasoning_tokens: 5 },
        total_tokens: 120,
      },
    },
  };
}
