import { isAppUrl } from './appOrigin.ts';

/** What is known about the frame that sent a message; `undefined` when it has gone already. */
export type SenderFacts = { readonly url: string; readonly hasParent: boolean } | undefined;

/** A connection is made for the main frame of our own page that brings exactly one port. */
export function isConnectAccepted(sender: SenderFacts, portCount: number): boolean {
  return sender !== undefined && !sender.hasParent && isAppUrl(sender.url) && portCount === 1;
}
