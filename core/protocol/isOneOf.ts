import type { NotificationMethod } from './notifications.ts';

/**
 * Whether a notification is one of these. A switch behind it names each of them and nothing else, so
 * that a new notification falls into nobody's branch.
 */
export function isOneOf<
  N extends { readonly method: NotificationMethod },
  const M extends N['method'],
>(notification: N, methods: readonly M[]): notification is Extract<N, { readonly method: M }> {
  const names: readonly string[] = methods;
  return names.includes(notification.method);
}
