import { ProductError } from '../../base/index.ts';
import type { OwnerSetting } from '../../config/index.ts';
import { isThreadId } from '../../protocol/index.ts';
import { invalidRequest } from '../../rpc/index.ts';
import type { Client } from '../subscriptions.ts';

/** Refuses what is no thread id before anything looks for it. */
export function checkId(threadId: string): void {
  if (!isThreadId(threadId)) {
    throw invalidRequest(`invalid thread id: ${threadId} is not a UUID`);
  }
}

/** Refuses a setting that is the owner's to make, unless the client is known to be the user's own. */
export function checkOwnerSetting(
  client: Pick<Client, 'isOwner'>,
  setting: OwnerSetting | undefined,
): void {
  if (client.isOwner || setting === undefined) return;
  throw invalidRequest(
    `${setting.key} ${setting.does}, so a connection without a token may not set it: use stdio, or --ws-auth`,
  );
}

/** Refuses what is the owner's to do, unless the client is known to be the user's own. */
export function checkOwner(client: Pick<Client, 'isOwner'>, deed: string): void {
  if (client.isOwner) return;
  throw invalidRequest(
    `${deed} is the owner's to do, and this connection has no token: use stdio, or --ws-auth`,
  );
}

/** What a field says in base64; refuses what is none, also where only its end is wrong. */
export function bytesOf(base64: string, field: string): Buffer {
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.toString('base64') !== base64) throw invalidRequest(`\`${field}\` is not valid base64`);
  return bytes;
}

/** Where a page of a list begins; a cursor that we never gave is refused. */
export function pageStart(cursor: string | null | undefined): number {
  if (cursor === undefined || cursor === null) return 0;
  if (!/^\d{1,9}$/u.test(cursor)) throw invalidRequest(`invalid cursor: ${cursor}`);
  return Number(cursor);
}

/** One page of a list that is whole in memory; the cursor is a position. A limit of 0 is one row, as with the peer. */
export function page<Row>(
  rows: readonly Row[],
  cursor: string | null | undefined,
  limit: number | null | undefined,
): { data: Row[]; nextCursor: string | null } {
  const from = pageStart(cursor);
  const until = limit === undefined || limit === null ? rows.length : from + Math.max(1, limit);
  return {
    data: rows.slice(from, until),
    nextCursor: until < rows.length ? String(until) : null,
  };
}

/** How much of a list a page has, at most; the peer takes 0 for 1. */
export const sizeOf = (limit: number | null | undefined, most: number): number =>
  Math.max(1, Math.min(limit ?? most, most));

/** Fails as `work` does, except that a failure which is the client's to know is told in `asRefusal`'s words. */
export async function refusing<Value>(
  work: Promise<Value>,
  asRefusal: (error: unknown) => Error | undefined,
): Promise<Value> {
  try {
    return await work;
  } catch (error) {
    throw asRefusal(error) ?? error;
  }
}

/** A configuration that cannot be used is the client's to mend, in the words of `thread/start`. */
export async function loaded<Value>(work: Promise<Value>): Promise<Value> {
  return refusing(work, (error) =>
    error instanceof ProductError
      ? invalidRequest(`failed to load configuration: ${error.message}`)
      : undefined,
  );
}
