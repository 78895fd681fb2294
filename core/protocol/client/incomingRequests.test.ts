import { expect, test } from 'vitest';

import { IncomingRequests } from './incomingRequests.ts';
import type { JsonRpcMessage } from '../index.ts';

const METHOD = 'item/tool/requestUserInput';
const params = {
  threadId: 't',
  turnId: 'u',
  itemId: 'c',
  questions: [],
  isBlocking: true,
  autoResolutionMs: null,
};
const answers = { q: { answers: ['yes'] } };

type Given = PromiseWithResolvers<{ answers: typeof answers }>;

/** Requests whose handler waits for the test, and what was sent. */
function bench() {
  const sent: JsonRpcMessage[] = [];
  const given: Given[] = [];
  const over: number[] = [];
  const requests = new IncomingRequests((message) => sent.push(message));
  const stop = requests.handle(METHOD, async (_params, asked) => {
    const answer: Given = Promise.withResolvers();
    const at = given.push(answer) - 1;
    void (async () => {
      await asked.over;
      over.push(at);
    })();
    return answer.promise;
  });
  return { requests, sent, given, over, stop };
}

const settled = async (): Promise<void> => {
  await new Promise(setImmediate);
};

test('a request is answered once, with what the handler gives', async () => {
  const { requests, sent, given, over } = bench();
  requests.receive(4, METHOD, params);
  given[0]?.resolve({ answers });
  await settled();
  requests.resolved(4);
  expect(sent).toEqual([{ id: 4, result: { answers } }]);
  expect(over).toEqual([0]);
});

test('what a handler throws is the error of the answer', async () => {
  const { requests, sent, given } = bench();
  requests.receive('a', METHOD, params);
  given[0]?.reject(new Error('nobody is here'));
  await settled();
  expect(sent).toEqual([{ id: 'a', error: { code: -32603, message: 'nobody is here' } }]);
});

test('the same request again, while it is thought about, is one request', async () => {
  const { requests, sent, given } = bench();
  requests.receive(4, METHOD, params);
  requests.receive(4, METHOD, params);
  requests.receive(5, METHOD, params);
  expect(given).toHaveLength(2);
  for (const answer of given) answer.resolve({ answers });
  await settled();
  expect(sent.map((message) => ('id' in message ? message.id : undefined))).toEqual([4, 5]);
  // It was answered, but the server asks again: so it wants to know again.
  requests.receive(4, METHOD, params);
  expect(given).toHaveLength(3);
});

test.each([
  ['resolved by the server', (requests: IncomingRequests) => requests.resolved(4)],
  ['cut off with the connection', (requests: IncomingRequests) => requests.close()],
])('an answer that comes after it was %s is not sent', async (_how, end) => {
  const { requests, sent, given, over } = bench();
  requests.receive(4, METHOD, params);
  end(requests);
  end(requests);
  await settled();
  expect(over).toEqual([0]);
  given[0]?.resolve({ answers });
  await settled();
  expect(sent).toEqual([]);
});

test('a late answer does not answer a new request that has the same id', async () => {
  const { requests, sent, given } = bench();
  requests.receive(4, METHOD, params);
  requests.resolved(4);
  requests.receive(4, METHOD, params);
  given[0]?.resolve({ answers });
  await settled();
  expect(sent).toEqual([]);
  given[1]?.resolve({ answers: { q: { answers: ['second'] } } });
  await settled();
  expect(sent).toEqual([{ id: 4, result: { answers: { q: { answers: ['second'] } } } }]);
});

test('what nobody handles, or cannot be read, is refused', () => {
  const { requests, sent, stop } = bench();
  requests.receive(1, 'item/tool/call', {});
  requests.receive(2, METHOD, { questions: 'none' });
  stop();
  stop();
  requests.receive(3, METHOD, params);
  expect(sent).toMatchObject([
    { id: 1, error: { code: -32601, message: 'This client does not answer item/tool/call' } },
    { id: 2, error: { code: -32602 } },
    { id: 3, error: { code: -32601 } },
  ]);
});
