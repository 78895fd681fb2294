import type {
  AppServerClient,
  ThreadStartResponse,
  TimelineEntry,
} from '../../../core/protocol/index.ts';

const PAGES_AT_MOST = 50;

/** Loads a stored thread into the engine and reads its whole mixed history, oldest first. */
export async function resumeThread(
  client: AppServerClient,
  threadId: string,
): Promise<{ opened: ThreadStartResponse; timeline: readonly TimelineEntry[] }> {
  const opened = await client.request('thread/resume', { threadId });
  const timeline: TimelineEntry[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < PAGES_AT_MOST; page += 1) {
    const answer: { data: TimelineEntry[]; nextCursor: string | null } = await client.request(
      'thread/timeline/list',
      { threadId, cursor, limit: 200 },
    );
    timeline.push(...answer.data);
    cursor = answer.nextCursor;
    if (cursor === null) break;
  }
  return { opened, timeline };
}

/** Whether the engine practises, which its list of models tells before a thread names its provider. */
export async function offersPractice(client: AppServerClient): Promise<boolean> {
  const { modelProvider } = await client.request('model/list', {});
  return modelProvider === 'practice';
}
