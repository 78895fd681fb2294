import { expect, test } from 'vitest';

import { type Listener, Subscriptions } from './subscriptions.ts';

/** Writes down the methods it hears of. */
function listener(): Listener & { readonly heard: string[] } {
  const heard: string[] = [];
  return {
    heard,
    isOwner: true,
    unreadBytes: 0,
    notify: (method) => heard.push(method),
    request: () => undefined,
  };
}

test('a thread’s own news reach its subscribers, its coming and going everybody', () => {
  const subscriptions = new Subscriptions();
  const [near, far, gone] = [listener(), listener(), listener()];
  for (const each of [near, far, gone]) subscriptions.add(each);
  for (const each of [near, gone]) subscriptions.subscribe('t', each);
  subscriptions.remove(gone);

  subscriptions.tell('t', 'warning', { threadId: 't', message: 'odd' });
  subscriptions.tell('t', 'thread/closed', { threadId: 't' });

  expect(near.heard).toEqual(['warning', 'thread/closed']);
  expect(far.heard).toEqual(['thread/closed']);
  expect(gone.heard).toEqual([]);
});

test('who has gone while its request was served subscribes to nothing', () => {
  const subscriptions = new Subscriptions();
  const late = listener();
  subscriptions.add(late);
  subscriptions.remove(late);
  subscriptions.subscribe('t', late);

  expect(subscriptions.hasSubscribers('t')).toBe(false);
});

test('a thread is deserted once, when the last of its subscribers goes', () => {
  const subscriptions = new Subscriptions();
  const deserted: string[] = [];
  subscriptions.onDeserted = (threadId) => deserted.push(threadId);
  const [one, other] = [listener(), listener()];
  for (const each of [one, other]) {
    subscriptions.add(each);
    subscriptions.subscribe('t', each);
  }

  subscriptions.remove(one);
  expect(deserted).toEqual([]);
  subscriptions.remove(other);
  subscriptions.remove(other);
  expect(deserted).toEqual(['t']);
});
