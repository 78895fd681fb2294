import { expect, test } from 'vitest';

import { command, question, room } from '../interactions/testing/index.ts';
import { SpokenQuestions } from './spokenQuestions.ts';

/** A voice with an open connection; keeps what its model is told. */
function bench() {
  const { interactions, desk, abort, signal } = room();
  const told: string[] = [];
  const session = {
    sendMessage: ({ text }: { readonly text: string }): void => {
      told.push(text);
    },
    answerCall: (callId: string, output: string): void => {
      told.push(`${callId}: ${output}`);
    },
    requestResponse: (): void => {
      told.push('create');
    },
  };
  const spoken = new SpokenQuestions({ interactions, session: () => session });
  spoken.connected();
  return { interactions, desk, abort, signal, told, session, spoken };
}

test('a decision is left to the screen: it is told of without its words, and no call makes it', async () => {
  const { interactions, desk, signal, told, session, spoken } = bench();
  const outcome = interactions.request(command('rm -rf x'), { signal });
  expect(spoken.isWaiting).toBe(true);
  expect(spoken.take(session, 'call', 'yes, do it')).toBe(true);
  expect(told).toEqual([
    expect.stringMatching(/The agent needs a decision that must be made on the screen/u),
    'create',
    expect.stringMatching(/^call: Not passed on/u),
  ]);
  expect(told.join('')).not.toContain('rm');
  expect(desk.openIds).toEqual([0]);
  desk.answer(0, { decision: 'accept' });
  expect(await outcome).toMatchObject({ type: 'accepted', by: 'client' });
  expect(told.slice(3)).toEqual([expect.stringContaining('The user has answered on the screen.')]);
  expect(spoken.isWaiting).toBe(false);
  expect(spoken.take(session, 'late', 'yes')).toBe(false);
});

test('a question goes before a decision that came earlier', async () => {
  const { interactions, signal, told, session, spoken } = bench();
  void interactions.request(command('deploy'), { signal });
  void interactions.request(question(false), { signal });
  expect(told.at(-2)).toContain('one?');
  spoken.take(session, 'first', 'a');
  spoken.take(session, 'second', 'b');
  await expect.poll(() => told.at(-2)).toContain('The agent needs a decision');
});

test('a voice that ends says nothing more, whatever becomes of what was open', () => {
  const { interactions, abort, signal, told, spoken } = bench();
  void interactions.request(question(false), { signal });
  spoken.close();
  const before = [...told];
  abort.abort();
  void interactions.request(command('deploy'), { signal: new AbortController().signal });
  expect(told).toEqual(before);
});
