import { expect, test } from 'vitest';

import { ManualClock } from '../base/testing/index.ts';
import { Interactions, type Responder } from '../interactions/index.ts';
import type { RequestId } from '../protocol/index.ts';
import { ServerRequests } from './serverRequests.ts';
import { type Listener, Subscriptions } from './subscriptions.ts';

const threadId = 't';
const question = { id: 'q', header: 'Q', question: 'Sure?', isOther: true, isSecret: false };
const params = {
  turnId: 'u',
  itemId: 'c',
  questions: [{ ...question, options: null }],
  isBlocking: true,
  autoResolutionMs: null,
};
const answers = { q: { answers: ['yes'] } };
const answer = { result: { answers }, error: undefined };
const refusal = { result: undefined, error: { code: -32601, message: 'cannot' } };

class Client implements Listener {
  readonly isOwner = true;
  readonly unreadBytes = 0;
  readonly asked: RequestId[] = [];
  readonly told: unknown[] = [];

  notify(method: string, given: unknown): void {
    this.told.push([method, given]);
  }

  request(id: RequestId): void {
    this.asked.push(id);
  }
}

function bench(clientCount: number) {
  const subscriptions = new Subscriptions();
  const clock = new ManualClock();
  const requests = new ServerRequests(subscriptions);
  const interactions = new Interactions({
    threadId,
    clock,
    clients: requests.deskOf(threadId),
    notify: (method, given) => {
      subscriptions.tell(threadId, method, given);
    },
    inOrder: (action) => {
      action();
    },
    responders: [],
    onWaitingChanged: () => undefined,
  });
  const clients = Array.from({ length: clientCount }, () => new Client());
  const join = (client: Client): void => {
    subscriptions.add(client);
    subscriptions.subscribe(threadId, client);
    requests.joined(threadId, client);
  };
  for (const client of clients) join(client);
  const ask = (deadlineMs?: number) => {
    const abort = new AbortController();
    const outcome = interactions.request(
      { kind: 'userInput', params },
      { signal: abort.signal, ...(deadlineMs !== undefined && { deadlineMs }) },
    );
    return { outcome, abort };
  };
  return { subscriptions, clock, requests, interactions, clients, join, ask };
}

const resolved = (requestId: number, more: object = {}): unknown => [
  'serverRequest/resolved',
  { threadId, requestId, ...more },
];

const nobody = (words: string): unknown => ({
  type: 'refused',
  because: 'nobody',
  by: undefined,
  words,
});

test('a deadline, where there is one, ends the request and frees its timer', async () => {
  const { clock, clients, requests, ask } = bench(1);
  const { outcome, abort } = ask(5_000);
  clock.advance(4_999);
  expect(clients[0]?.told).toEqual([]);
  clock.advance(1);
  expect(await outcome).toMatchObject({ type: 'refused', because: 'expired' });
  requests.take(clients[0] ?? new Client(), 0, answer);
  abort.abort();
  expect(clients[0]?.told).toEqual([resolved(0)]);
  expect(clock.pending).toBe(0);
});

test('without a deadline it waits for ever, and leaves no timer behind', async () => {
  const { clock, requests, clients, ask } = bench(1);
  const { outcome } = ask();
  expect(clock.pending).toBe(0);
  clock.advance(1_000_000_000);
  requests.take(clients[0] ?? new Client(), 0, answer);
  expect(await outcome).toEqual({ type: 'accepted', response: { answers }, by: 'client' });
});

test('only who was asked can answer or is complained to, and counts once', async () => {
  const { requests, clients, ask } = bench(2);
  const { outcome } = ask();
  const [one = new Client(), two = new Client()] = clients;
  const stranger = new Client();
  requests.take(stranger, 0, answer);
  requests.take(stranger, 0, { result: 'nonsense', error: undefined });
  expect(stranger.told).toEqual([]);
  requests.take(one, 0, refusal);
  requests.take(one, 0, answer);
  expect(two.told).toEqual([]);
  requests.take(two, 0, { result: 'nonsense', error: undefined });
  const words = 'invalid type at `result`: expected object';
  expect(await outcome).toEqual(nobody(`the answer was unusable (${words})`));
  expect(two.told).toEqual([
    [
      'warning',
      {
        threadId,
        message: `The answer to item/tool/requestUserInput was passed over: ${words}`,
      },
    ],
    resolved(0),
  ]);
});

test('a client that left may come back, so a refusal of the others is not the end', async () => {
  const { subscriptions, requests, clients, join, ask } = bench(2);
  const { outcome } = ask();
  const [leaves = new Client(), refuses = new Client()] = clients;
  subscriptions.remove(leaves);
  requests.take(refuses, 0, refusal);
  const back = new Client();
  join(back);
  expect(back.asked).toEqual([0]);
  // The new one is taken for the old one: now nobody is left.
  requests.take(back, 0, refusal);
  expect(await outcome).toEqual(nobody('cannot'));
});

test('who joins is told what has been answered so far, and everybody what came of it', async () => {
  const { interactions, clients, join, requests, ask } = bench(1);
  const voice: Responder = {
    role: 'voice',
    respond: async (_interaction, { answerPartly }) => {
      answerPartly(answers);
      return new Promise(() => undefined);
    },
  };
  interactions.join(voice);
  const { outcome } = ask();
  const late = new Client();
  join(late);
  expect(late.told).toEqual([
    ['serverRequest/partlyAnswered', { threadId, requestId: 0, answers }],
  ]);
  requests.take(late, 0, { result: { answers: {} }, error: undefined });
  expect(await outcome).toMatchObject({ response: { answers }, by: 'client' });
  const end = resolved(0, { answeredBy: 'client', answers });
  expect(late.told.slice(1)).toEqual([end]);
  expect(clients[0]?.told.slice(1)).toEqual([end]);
});

test('there is an end to what can be open, and what is over makes room', async () => {
  const { clients, ask } = bench(1);
  const open = Array.from({ length: 1_024 }, () => ask());
  expect(await ask().outcome).toEqual(nobody('1024 questions are open already'));
  open[0]?.abort.abort();
  const next = ask();
  expect(clients[0]?.asked.at(-1)).toBe(1_024);
  next.abort.abort();
  expect(await next.outcome).toMatchObject({ type: 'refused', because: 'withdrawn' });
});
