import { expect, test } from 'vitest';

import { isOneOf } from './isOneOf.ts';
import type { ServerNotification } from './notifications.ts';

/** Compiles only while the switch names exactly what was asked for. */
function wordsOf(notification: ServerNotification): string | undefined {
  if (!isOneOf(notification, ['warning', 'thread/closed'])) return undefined;
  switch (notification.method) {
    case 'warning':
      return notification.params.message;
    case 'thread/closed':
      return notification.params.threadId;
  }
}

test('a notification is one of those that are named, and every other is passed over', () => {
  expect(wordsOf({ method: 'warning', params: { threadId: null, message: 'Odd' } })).toBe('Odd');
  expect(wordsOf({ method: 'thread/closed', params: { threadId: 't1' } })).toBe('t1');
  expect(
    wordsOf({ method: 'configWarning', params: { summary: 'Odd', details: null } }),
  ).toBeUndefined();
});
