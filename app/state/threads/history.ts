import type {
  AppServerClient,
  ResponseOf,
  TimelineEntry,
  Turn,
} from '../../../core/protocol/index.ts';

/** What is read first: two or three screens of it, and little enough to be there at once. */
const NEWEST = 40;
/** As many as the engine gives in one answer. */
const OLDER = 500;

/** A piece of a history, and what waits behind it where it is the newest. */
export type HistoryPage = {
  readonly entries: readonly TimelineEntry[];
  readonly queued: readonly Turn[];
};

/**
 * Reads a thread's mixed history from its newest end backwards, page by page, to the first entry. Each
 * page is in the order of the conversation, and no entry comes twice. Rejects as requests do.
 */
export async function* readBackwards(
  client: AppServerClient,
  threadId: string,
): AsyncGenerator<HistoryPage, undefined> {
  const read = (where: { fromEnd: true } | { cursor: string }, limit: number) =>
    client.request('thread/timeline/list', { threadId, limit, ...where });
  let page: ResponseOf<'thread/timeline/list'> = await read({ fromEnd: true }, NEWEST);
  let oldest = Number.POSITIVE_INFINITY;
  for (;;) {
    // The engine's pages begin at round places, so the one before may reach into this one.
    const fresh = page.data.filter(({ position }) => position < oldest);
    yield { entries: fresh, queued: page.queuedTurns ?? [] };
    oldest = fresh[0]?.position ?? oldest;
    if (page.backwardsCursor === null || fresh.length === 0) return undefined;
    page = await read({ cursor: page.backwardsCursor }, OLDER);
  }
}

/** Whether the engine practises, which its list of models tells before a thread names its provider. */
export async function offersPractice(client: AppServerClient): Promise<boolean> {
  const { modelProvider } = await client.request('model/list', {});
  return modelProvider === 'practice';
}
