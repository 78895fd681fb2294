import { expect, test } from 'vitest';

import {
  createNodeHttp,
  createNodeSockets,
  type FunctionTool,
  messageText,
  ModelClient,
  type ModelEvent,
  type ModelRequest,
  type ResponseItem,
  SocketCircuitBreaker,
  textMessage,
} from '../model/index.ts';
import { testProvider } from '../model/testing/index.ts';
import { createPracticeTextModel, createScriptedTextModel, ResponsesScript } from './index.ts';
import {
  countingIds,
  noSamples,
  type PracticeServer,
  realClock,
  rule,
  startPracticeServer,
} from './testing/index.ts';

const clock = realClock;
const practice = createPracticeTextModel({ clock, paceMs: 0, samples: noSamples });

const updatePlan: FunctionTool = {
  type: 'function',
  name: 'update_plan',
  description: 'Shows the plan.',
  strict: false,
  parameters: { type: 'object' },
};

const newId = countingIds();
async function serve(model = practice): Promise<PracticeServer> {
  return startPracticeServer({ model, clock, newId });
}

type Conversation = Disposable & {
  sample(input: readonly ResponseItem[], signal?: AbortSignal): AsyncIterable<ModelEvent>;
};

type Way = 'HTTP' | 'WebSocket';

function converse(
  server: PracticeServer,
  tools: ModelRequest['tools'] = [],
  way: Way = 'HTTP',
): Conversation {
  const http = createNodeHttp({ clock });
  const port = createNodeSockets({ clock });
  const supportsWebsockets = way === 'WebSocket';
  // Whatever goes by HTTP after all then fails.
  if (supportsWebsockets) http.close();
  const client = new ModelClient({
    provider: testProvider(server.url, { supportsWebsockets }),
    conversationId: 'thread-1',
    installationId: 'installation-1',
    callerHeaders: { originator: 'parley_test', 'user-agent': 'parley_test/1.0' },
    clock,
    http,
    sockets: { port, circuitBreaker: new SocketCircuitBreaker(clock) },
    log: { debug: () => undefined, warn: () => undefined },
  });
  const session = client.startTurn({ turnId: 'turn-1', startedAtMs: 0 });
  return {
    sample: (input, signal = new AbortController().signal) =>
      session.stream(
        { model: 'practice', instructions: 'Help.', input, tools, parallelToolCalls: false },
        { signal },
      ),
    [Symbol.dispose]() {
      client.close();
      port.close();
      http.close();
    },
  };
}

async function itemsOf(events: AsyncIterable<ModelEvent>): Promise<ResponseItem[]> {
  const items: ResponseItem[] = [];
  for await (const event of events) if (event.type === 'itemDone') items.push(event.item);
  return items;
}

const ways: readonly Way[] = ['HTTP', 'WebSocket'];

test.for(ways)('a whole turn with the practice agent by %s: plan, work, report', async (way) => {
  await using server = await serve();
  using conversation = converse(server, [updatePlan], way);
  const history: ResponseItem[] = [textMessage('user', 'count words in one two three')];
  const names: string[] = [];
  for (;;) {
    const items = await itemsOf(conversation.sample(history));
    history.push(...items);
    const calls = items.filter((item) => item.type === 'function_call');
    if (calls.length === 0) break;
    for (const call of calls) {
      names.push(call.name);
      history.push({ type: 'function_call_output', call_id: call.call_id, output: 'Plan updated' });
    }
  }

  const last = history.at(-1);
  expect(names).toEqual(['update_plan', 'update_plan']);
  expect(last).toMatchObject({ type: 'message', phase: 'final_answer' });
  expect(last?.type === 'message' && messageText(last)).toContain('That has **3** words.');
});

test('an interrupted answer keeps what had arrived', async () => {
  const slow = createPracticeTextModel({ clock, paceMs: 5, samples: noSamples });
  await using server = await serve(slow);
  using conversation = converse(server);
  const abort = new AbortController();
  const input = [textMessage('user', 'long answer')];
  const seen: ModelEvent[] = [];
  const run = async (): Promise<void> => {
    for await (const event of conversation.sample(input, abort.signal)) {
      seen.push(event);
      if (seen.filter(({ type }) => type === 'textDelta').length === 3) abort.abort();
    }
  };

  await expect(run()).rejects.toMatchObject({ code: 'modelAborted' });
  expect(seen.at(-1)).toMatchObject({
    type: 'itemInterrupted',
    item: { type: 'message', content: [{ type: 'output_text', text: '### A long' }] },
  });
});

test('a failure the user asked for arrives as one sentence', async () => {
  await using server = await serve();
  using conversation = converse(server);

  await expect(itemsOf(conversation.sample([textMessage('user', 'fail')]))).rejects.toMatchObject({
    code: 'model',
    retryable: false,
    message:
      'Test provider answered with an error (HTTP 400): You asked the practice agent to fail, and so it did.',
  });
});

test('a scripted cut is repeated and the next rule answers', async () => {
  const script = ResponsesScript.parse({
    rules: [
      { ...rule({}, { reasoning: 'hm' }, { cut: true }), once: true },
      rule({}, { say: 'second time lucky' }),
    ],
  });
  await using server = await serve(createScriptedTextModel(script, { clock, practice }));
  using conversation = converse(server);
  const items = await itemsOf(conversation.sample([textMessage('user', 'go')]));

  expect(items).toMatchObject([{ type: 'message', content: [{ text: 'second time lucky' }] }]);
});
