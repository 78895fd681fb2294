import type { OutgoingMessage } from '../../../realtime/session/index.ts';

/** By these the voice model tells apart what the user typed and what the agent says (realtime-v2 §6). */
export const USER_PREFIX = '[USER] ';
export const BACKEND_PREFIX = '[BACKEND] ';

/** An empty text stays empty, as with the peer. */
const prefixed = (prefix: string, text: string): string =>
  text === '' || text.startsWith(prefix) ? text : prefix + text;

/** What the user typed; it counts as said, in the user's own words (realtime-v2 §6). */
export function typedMessage(text: string, itemId: string | undefined): OutgoingMessage {
  return { role: 'user', text: prefixed(USER_PREFIX, text), said: text, itemId };
}

/** How the agent's words come to the voice: spoken, as silent items, or not at all: by the client, or in dictation (realtime-v2 §10.2). */
export type HandBack =
  | { readonly type: 'spoken' }
  | { readonly type: 'items'; readonly prefix: string }
  | { readonly type: 'none' };

/** What the background agent says to the voice model (realtime-v2 §10.2). */
export function backendMessage(text: string): OutgoingMessage {
  return { role: 'user', text: prefixed(BACKEND_PREFIX, text) };
}

/** The same for a conversation in which nobody is to speak because of it. */
export function backendItem(text: string, prefix: string): OutgoingMessage {
  const words = prefixed(BACKEND_PREFIX, text);
  return { role: 'developer', text: prefix === '' ? words : `${prefix}\n\n${words}` };
}
