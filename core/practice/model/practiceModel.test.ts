import { expect, test } from 'vitest';

import { ManualClock } from '../../base/testing/index.ts';
import { type ResponseItem, textMessage } from '../../model/index.ts';
import { type TextModelOutput, type TextModelRequest, createPracticeTextModel } from '../index.ts';
import { noSamples, textRequest } from '../testing/index.ts';

const noonMs = new Date(2026, 10, 20, 12, 34).getTime();

function request(
  text: string,
  rest: readonly ResponseItem[] = [],
  tools: string[] = [],
): TextModelRequest {
  return textRequest([textMessage('user', text), ...rest], tools);
}

async function answerTo(asked: TextModelRequest, paceMs = 0): Promise<TextModelOutput[]> {
  const model = createPracticeTextModel({
    clock: new ManualClock(noonMs),
    paceMs,
    samples: noSamples,
  });
  const outputs: TextModelOutput[] = [];
  for await (const output of model.respond(asked, new AbortController().signal)) {
    outputs.push(output);
  }
  return outputs;
}

function textOf(outputs: readonly TextModelOutput[]): string {
  return outputs.map((output) => (output.type === 'text' ? output.delta : '')).join('');
}

test.for<{ ask: string; says: string }>([
  { ask: 'What time is it?', says: 'It is **12:34**.' },
  { ask: 'what is the date?', says: 'Today is **Friday, 20 November 2026**.' },
  { ask: 'How much is (3 + 4) * 12?', says: '`(3 + 4) * 12` is **84**.' },
  { ask: 'what is 0.1 + 0.2', says: '`0.1 + 0.2` is **0.3**.' },
  { ask: '2 ^ 10 − 24 ÷ 6', says: '`2 ^ 10 − 24 ÷ 6` is **1020**.' },
  { ask: 'count words in "one two, three"', says: 'That has **3** words.' },
  { ask: 'count the letters: a1b', says: 'That has **2** letters.' },
  { ask: 'count characters in 👩‍👩‍👧', says: 'That has **1** character.' },
  { ask: 'reverse: añb', says: '> bña' },
  { ask: 'upper case: quiet', says: '> QUIET' },
  { ask: 'lowercase LOUD', says: '> loud' },
  { ask: 'list primes up to 13', says: '2, 3, 5, 7, 11, 13.' },
  { ask: 'primes below 13', says: '2, 3, 5, 7, 11.' },
  { ask: 'the first 4 primes', says: '2, 3, 5, 7.' },
  {
    ask: 'list primes',
    says: '2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71.',
  },
  { ask: 'primes up to 1', says: 'There are none.' },
  { ask: 'primes up to 99999999', says: 'I stop at 200 of them.' },
  { ask: 'show markdown', says: '| colour | hex |' },
  { ask: 'long answer please', says: '12. This is paragraph 12 of 12.' },
  { ask: 'divide 1 / 0', says: 'That is beyond me' },
  { ask: 'write me a poem', says: 'That is beyond me: I follow fixed rules' },
])('asked "$ask" it says $says', async ({ ask, says }) => {
  const text = textOf(await answerTo(request(ask)));

  expect(text).toContain(says);
  expect(text).toContain(
    `*You asked Parley's practice agent, which is no language model: “${ask}”*`,
  );
});

test('a request of endless brackets or endless length gets an honest answer in time', async () => {
  expect(textOf(await answerTo(request('('.repeat(19_000))))).toContain('That is beyond me');
  expect(textOf(await answerTo(request('count words in ' + 'word '.repeat(5000))))).toContain(
    'I read at most 20000 characters.',
  );
});

test('a delegated request is read out of its wrapper', async () => {
  const wrapped =
    '<realtime_delegation>\n  <input>what is 6 * 7 &amp; is 1 &lt; 2?</input>\n' +
    '  <transcript_delta>user: reverse: no</transcript_delta>\n</realtime_delegation>';

  expect(textOf(await answerTo(request(wrapped)))).toContain(
    'no language model: “what is 6 * 7 & is 1 < 2?”',
  );
});

test('with a plan tool it plans, ticks the plan off, and reports', async () => {
  const tools = ['update_plan'];
  const history: ResponseItem[] = [];
  const plans: unknown[] = [];
  for (const callId of ['c1', 'c2']) {
    const outputs = await answerTo(request('reverse: abc', history, tools));
    expect(outputs).toMatchObject([{ type: 'call', name: 'update_plan' }]);
    const [call] = outputs;
    const args = call?.type === 'call' ? call.arguments : '';
    plans.push(JSON.parse(args));
    history.push(
      { type: 'function_call', call_id: callId, name: 'update_plan', arguments: args },
      { type: 'function_call_output', call_id: callId, output: 'Plan updated' },
    );
  }

  const read = { step: 'Read the request', status: 'completed' };
  expect(plans).toEqual([
    { plan: [read, { step: 'Reverse the text', status: 'in_progress' }] },
    { plan: [read, { step: 'Reverse the text', status: 'completed' }] },
  ]);
  expect(textOf(await answerTo(request('reverse: abc', history, tools)))).toContain('> cba');
});

test('asked to wait it takes that long, says so, and never longer than a minute', async () => {
  const clock = new ManualClock();
  const model = createPracticeTextModel({ clock, paceMs: 0, samples: noSamples });
  const started = clock.nowMs();
  const outputs: TextModelOutput[] = [];
  for await (const output of model.respond(
    request('wait 500 seconds'),
    new AbortController().signal,
  )) {
    outputs.push(output);
    setImmediate(() => {
      if (clock.pending > 0) clock.advance(1000);
    });
  }

  expect(clock.nowMs() - started).toBe(60_000);
  expect(textOf(outputs)).toContain('I waited 60 seconds.');
});

test('an interrupted wait stops at once and does not claim to have waited', async () => {
  const clock = new ManualClock();
  const abort = new AbortController();
  const outputs: TextModelOutput[] = [];
  for await (const output of createPracticeTextModel({
    clock,
    paceMs: 0,
    samples: noSamples,
  }).respond(request('wait 10 seconds'), abort.signal)) {
    outputs.push(output);
    if (output.type === 'text' && output.delta.includes('like')) abort.abort();
  }

  expect(clock.pending).toBe(0);
  expect(textOf(outputs)).not.toContain('I waited');
});

test('asked to fail it fails in plain words', async () => {
  expect(await answerTo(request('fail'))).toEqual([
    expect.objectContaining({ type: 'fail', code: 'practice_failure' }),
  ]);
});

test('words come at the pace of the clock', async () => {
  const clock = new ManualClock();
  const model = createPracticeTextModel({ clock, paceMs: 30, samples: noSamples });
  const outputs = model.respond(request('reverse: ab'), new AbortController().signal);
  const iterator = outputs[Symbol.asyncIterator]();
  await iterator.next();
  await iterator.next();
  let second: unknown;
  const waiting = iterator.next().then((result) => (second = result.value));
  await Promise.resolve();
  clock.advance(29);
  await Promise.resolve();
  expect(second).toBeUndefined();
  clock.advance(1);
  await waiting;
  expect(second).toMatchObject({ type: 'text' });
});
