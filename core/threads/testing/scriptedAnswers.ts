import { once } from 'node:events';

import { ModelAbortedError, type ModelEvent, type ResponseItem } from '../../model/index.ts';

/** What the model says to one request, until `signal` aborts. */
export type ScriptedAnswer = (signal: AbortSignal) => AsyncGenerator<ModelEvent, void, void>;

const COMPLETED: ModelEvent = {
  type: 'completed',
  responseId: 'r',
  usage: undefined,
  endTurn: undefined,
};

/** Says these words, and has a message of its own for it. */
export function saying(text: string, itemId = 'm'): ScriptedAnswer {
  const item: ResponseItem = {
    type: 'message',
    id: itemId,
    role: 'assistant',
    content: [{ type: 'output_text', text }],
  };
  return async function* say() {
    yield { type: 'itemAdded', itemId, item: { ...item, content: [] } };
    yield { type: 'textDelta', itemId, delta: text };
    yield { type: 'itemDone', itemId, item };
    yield COMPLETED;
  };
}

/** Calls a custom tool. */
export function calling(name: string, callId = 'c'): ScriptedAnswer {
  const item: ResponseItem = { type: 'custom_tool_call', call_id: callId, name, input: 'go' };
  return async function* call() {
    yield { type: 'itemAdded', itemId: callId, item };
    yield { type: 'itemDone', itemId: callId, item };
    yield COMPLETED;
  };
}

/** Says nothing until it is stopped. */
export const silent: ScriptedAnswer = async function* wait(signal) {
  if (!signal.aborted) await once(signal, 'abort');
  yield* [];
  throw new ModelAbortedError();
};
