import { expect, test } from 'vitest';

import { type Audience, audiences, type NotificationMethod, serverNotifications } from './index.ts';

/** The methods with that audience, in the order of the alphabet. */
const heardBy = (audience: Audience): readonly string[] =>
  Object.entries(audiences)
    .filter(([, listeners]) => listeners === audience)
    .map(([method]) => method)
    .toSorted();

test('every connection hears which threads there are, what they do, and what the account is and may', () => {
  expect(heardBy('all')).toEqual([
    'account/login/completed',
    'account/rateLimits/updated',
    'account/updated',
    'thread/archived',
    'thread/closed',
    'thread/deleted',
    'thread/name/updated',
    'thread/started',
    'thread/status/changed',
    'thread/unarchived',
  ] satisfies NotificationMethod[]);
});

test('what is odd in the configuration, ends, or was asked to run or be found, is said to each connection by itself', () => {
  expect(heardBy('one')).toEqual([
    'command/exec/outputDelta',
    'configWarning',
    'deprecationNotice',
    'thread/search/partial',
  ] satisfies NotificationMethod[]);
});

test('subscribers hear everything else, which names the thread it is about', () => {
  const methods = heardBy('subscribers');
  const naming = Object.entries(serverNotifications)
    .filter(([, params]) => 'threadId' in params.shape)
    .map(([method]) => method);

  expect(methods).toHaveLength(
    Object.keys(serverNotifications).length - heardBy('all').length - heardBy('one').length,
  );
  expect(naming).toEqual(expect.arrayContaining([...methods]));
});
