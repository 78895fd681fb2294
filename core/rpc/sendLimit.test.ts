import { expect, test } from 'vitest';

import { MAX_UNREAD_BYTES, SendLimit, UNREAD_REASON } from './sendLimit.ts';

test('a peer may leave as much unread as the limit says, and no byte more', () => {
  const limit = new SendLimit();
  limit.sent(0);

  expect(limit.admits(MAX_UNREAD_BYTES)).toBe(true);
  expect(limit.admits(MAX_UNREAD_BYTES + 1)).toBe(false);
});

test('what follows a message above the limit is sent while that one is being read', () => {
  const limit = new SendLimit();
  const large = 3 * MAX_UNREAD_BYTES;
  limit.sent(large);
  limit.sent(10);

  expect(limit.admits(large + 10)).toBe(true);
  expect(limit.admits(large + MAX_UNREAD_BYTES + 1)).toBe(false);
});

test('a large message that has been read allows nothing any more', () => {
  const limit = new SendLimit();
  limit.sent(3 * MAX_UNREAD_BYTES);
  limit.admits(0);

  expect(limit.admits(MAX_UNREAD_BYTES + 1)).toBe(false);
});

test('the reason fits into a close frame', () => {
  expect(Buffer.byteLength(UNREAD_REASON)).toBeLessThanOrEqual(123);
});
