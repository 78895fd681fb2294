import type { Frame } from './scriptedRealtime.ts';

/** The event with which a voice model calls a function; `args` is the text as the model wrote it. */
export const functionCall = (callId: string, name: string, args: string): Frame => ({
  type: 'conversation.item.done',
  item: { type: 'function_call', id: `item_${callId}`, call_id: callId, name, arguments: args },
});

/** The voice model hands work over. */
export const delegation = (callId: string, prompt: string): Frame =>
  functionCall(callId, 'background_agent', JSON.stringify({ prompt }));
