import type { AppServerClient, ResponseOf, TimelineEntry } from '../../../core/protocol/index.ts';

/** What is read first: more than a screen shows, and little enough to be there at once. */
const NEWEST = 100;
/** As many as the engine gives in one answer. */
const OLDER = 500;

/**
 * Reads a thread's mixed history from its newest end backwards, page by page, to the first entry. Each
 * page is in the order of the conversation, and no entry comes twice. Rejects as requests do.
 */
export async function* readBackwards(
  client: AppServerClient,
  threadId: string,
): AsyncGenerator<readonly TimelineEntry[]> {
  const read = (where: { fromEnd: true } | { cursor: string }, limit: number) =>
    client.request('thread/timeline/list', { threadId, limit, ...where });
  let page: ResponseOf<'thread/timeline/list'> = await read({ fromEnd: true }, NEWEST);
  let oldest = Number.POSITIVE_INFINITY;
  for (;;) {
    // The engine's pages begin at round places, so the one before may reach into this one.
    const fresh = page.data.filter(({ position }) => position < oldest);
    yield fresh;
    oldest = fresh[0]?.position ?? oldest;
    if (page.backwardsCursor === null || fresh.length === 0) return;
    page = await read({ cursor: page.backwardsCursor }, OLDER);
  }
}

/** Whether the engine practises, which its list of models tells before a thread names its provider. */
export async function offersPractice(client: AppServerClient): Promise<boolean> {
  const { modelProvider } = await client.request('model/list', {});
  return modelProvider === 'practice';
}
