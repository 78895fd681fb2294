/**
 * What goes over a message port between messages, because a port does not tell what the far side has
 * read: its owner sets a mark, and the far side sends it back when it has come to it.
 */
export type PortMark = { readonly portMark: 'set' | 'read'; readonly sentBytes: number };

/** The mark that a message from a port is; `undefined` for everything else. */
export function readPortMark(message: unknown): PortMark | undefined {
  if (typeof message !== 'object' || message === null || !('portMark' in message)) return undefined;
  const { portMark } = message;
  if (portMark !== 'set' && portMark !== 'read') return undefined;
  if (!('sentBytes' in message) || typeof message.sentBytes !== 'number') return undefined;
  return { portMark, sentBytes: message.sentBytes };
}
