import type { ServerNotification } from '../../../core/protocol/index.ts';

/** Something that is told of one thread. */
export type ThreadNotice = Extract<
  ServerNotification,
  { readonly params: { readonly threadId: string | null } }
>;

/** Whether it is told of this thread; nothing is where no thread is open. */
export function isOfThread(
  notice: ServerNotification,
  threadId: string | undefined,
): notice is ThreadNotice {
  return (
    threadId !== undefined && 'threadId' in notice.params && notice.params.threadId === threadId
  );
}
