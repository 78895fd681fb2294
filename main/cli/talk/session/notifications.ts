import type {
  NotificationMethod,
  NotificationParamsOf,
  Turn,
} from '../../../../core/protocol/index.ts';

/** What a listener of one thread's notifications takes. */
export type ThreadListener<M extends NotificationMethod> = (
  params: NotificationParamsOf<M> & { readonly threadId: string },
) => void;

/** The client has parsed the notification already; what is left to see is whose it is. */
export function isOfThread<M extends NotificationMethod>(
  params: unknown,
  threadId: string | undefined,
): params is NotificationParamsOf<M> & { readonly threadId: string } {
  return (
    threadId !== undefined &&
    typeof params === 'object' &&
    params !== null &&
    'threadId' in params &&
    params.threadId === threadId
  );
}

/** The voice model asked the background agent for something (realtime-v2 §10.1). */
export function isHandoff(item: unknown): boolean {
  return (
    typeof item === 'object' && item !== null && 'type' in item && item.type === 'handoff_request'
  );
}

/** One line about a turn that did not succeed. */
export function describeTaskEnd(turn: Turn): string {
  return turn.status === 'interrupted'
    ? 'The background task was interrupted.'
    : `The background task failed: ${turn.error?.message ?? 'no reason given'}`;
}
