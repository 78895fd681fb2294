import { expect, test } from 'vitest';

import { ManualClock } from '../base/testing/index.ts';
import type { RequestId } from '../protocol/index.ts';
import type { RequestOptions } from '../rpc/index.ts';
import { Subscriptions, type Listener } from './subscriptions.ts';
import { ServerRequests } from './serverRequests.ts';

const METHOD = 'item/tool/requestUserInput';
const threadId = 't';
const params = {
  threadId,
  turnId: 'u',
  itemId: 'c',
  questions: [],
  isBlocking: true,
  autoResolutionMs: null,
};
const answers = { q: { answers: ['yes'] } };
const refusal = { result: undefined, error: { code: -32601, message: 'cannot' } };

class Client implements Listener {
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
  const requests = new ServerRequests({ subscriptions, clock });
  const clients = Array.from({ length: clientCount }, () => new Client());
  const join = (client: Client): void => {
    subscriptions.add(client);
    subscriptions.subscribe(threadId, client);
    requests.joined(threadId, client);
  };
  for (const client of clients) join(client);
  const open = (options: RequestOptions<typeof METHOD> = {}) =>
    requests.open(threadId, METHOD, params, options);
  return { subscriptions, clock, requests, clients, join, open };
}

const resolved = (requestId: number, more: object = {}): unknown => [
  'serverRequest/resolved',
  { threadId, requestId, ...more },
];

test('a deadline, where there is one, ends the request and frees its timer', async () => {
  const { clock, clients, requests, open } = bench(1);
  const request = open({ deadlineMs: 5_000 });
  clock.advance(4_999);
  expect(clients[0]?.told).toEqual([]);
  clock.advance(1);
  expect(await request.resolution).toEqual({ type: 'expired' });
  requests.take(clients[0] ?? new Client(), 0, { result: { answers }, error: undefined });
  request.withdraw();
  expect(request.answer({ answers })).toBe(false);
  expect(clients[0]?.told).toEqual([resolved(0)]);
  expect(clock.pending).toBe(0);
});

test('without a deadline it waits for ever, and leaves no timer behind', async () => {
  const { clock, requests, clients, open } = bench(1);
  const request = open();
  expect(clock.pending).toBe(0);
  clock.advance(1_000_000_000);
  requests.take(clients[0] ?? new Client(), 0, { result: { answers }, error: undefined });
  expect(await request.resolution).toEqual({
    type: 'answered',
    response: { answers },
    by: 'client',
  });
});

test('only who was asked can answer, and a refusal counts once', async () => {
  const { requests, clients, open } = bench(2);
  const request = open();
  const [one = new Client(), two = new Client()] = clients;
  requests.take(new Client(), 0, { result: { answers }, error: undefined });
  requests.take(one, 0, refusal);
  requests.take(one, 0, refusal);
  expect(two.told).toEqual([]);
  requests.take(two, 0, refusal);
  expect(await request.resolution).toEqual({ type: 'unanswerable', reason: 'cannot' });
  expect(two.told).toEqual([resolved(0)]);
});

test('a client that left may come back, so a refusal of the others is not the end', async () => {
  const { subscriptions, requests, clients, join, open } = bench(2);
  const request = open();
  const [leaves = new Client(), refuses = new Client()] = clients;
  subscriptions.remove(leaves);
  requests.take(refuses, 0, refusal);
  const back = new Client();
  join(back);
  expect(back.asked).toEqual([0]);
  // The new one is taken for the old one: now nobody is left.
  requests.take(back, 0, refusal);
  expect(await request.resolution).toMatchObject({ type: 'unanswerable' });
});

test('who can be answered elsewhere stays open until that is over', async () => {
  const { requests, clients, open } = bench(1);
  let elsewhere = true;
  const request = open({ isAnswerableElsewhere: () => elsewhere });
  requests.take(clients[0] ?? new Client(), 0, refusal);
  request.review();
  expect(clients[0]?.told).toEqual([]);
  elsewhere = false;
  request.review();
  expect(await request.resolution).toEqual({ type: 'unanswerable', reason: 'cannot' });
});

test('clients see of an answer what may be shown, and of a part what there is so far', async () => {
  const { clients, join, open } = bench(1);
  const request = open({ shown: () => ({ q: { answers: ['…'] } }) });
  request.answerPartly(answers);
  const late = new Client();
  join(late);
  expect(late.told).toEqual([
    ['serverRequest/partlyAnswered', { threadId, requestId: 0, answers }],
  ]);
  expect(request.answer({ answers })).toBe(true);
  request.answerPartly(answers);
  expect(clients[0]?.told.slice(1)).toEqual([
    resolved(0, { answeredBy: 'voice', answers: { q: { answers: ['…'] } } }),
  ]);
  expect(await request.resolution).toMatchObject({ type: 'answered', by: 'voice' });
});

test('there is an end to what can be open, and what is over makes room', async () => {
  const { open } = bench(1);
  const requests = Array.from({ length: 1_024 }, () => open());
  expect(await open().resolution).toMatchObject({ type: 'unanswerable' });
  requests[0]?.withdraw();
  const next = open();
  expect(next.id).toBe(1_025);
  next.withdraw();
  expect(await next.resolution).toEqual({ type: 'withdrawn' });
});
