import { expect, test } from 'vitest';

import type { UserQuestion } from '../../../core/protocol/index.ts';
import { Questioner } from './questioner.ts';
import type { ReadLine } from './terminalLine.ts';

const colour: UserQuestion = {
  id: 'colour',
  header: 'Colour',
  question: 'Which colour?',
  isOther: true,
  isSecret: false,
  options: [
    { label: 'Teal', description: 'quiet' },
    { label: 'Coral', description: '' },
  ],
};
const secret: UserQuestion = { ...colour, id: 'key', isSecret: true, options: null };
const never = new Promise<void>(() => undefined);

/** A questioner at a terminal on which these lines are typed; `undefined` closes it. */
function terminal(lines: (string | undefined)[], readLine?: ReadLine) {
  const seen = { stderr: '', steps: [] as string[], secrets: [] as boolean[] };
  const questioner = new Questioner({
    io: {
      stdout: { write: () => true },
      stderr: { write: (text) => (seen.stderr += text) },
      isStderrTty: true,
      isStdoutTty: true,
    },
    readLine:
      readLine ??
      (async ({ isSecret }) => {
        seen.secrets.push(isSecret);
        return lines.shift();
      }),
    onAsking: () => seen.steps.push('asking'),
    onAsked: () => seen.steps.push('asked'),
  });
  const ask = async (...questions: UserQuestion[]) =>
    questioner.answer(
      {
        threadId: 't',
        turnId: 'u',
        itemId: 'c',
        questions,
        isBlocking: true,
        autoResolutionMs: null,
      },
      { over: never },
    );
  return { ask, seen };
}

test.each([
  ['2', 'Coral'],
  [' teal ', 'Teal'],
  ['3', '3'],
  ['0', '0'],
  ['a deep blue', 'a deep blue'],
])('the line "%s" answers "%s"', async (line, answer) => {
  const { ask, seen } = terminal([line]);
  expect(await ask(colour)).toEqual({ answers: { colour: { answers: [answer] } } });
  expect(seen.stderr).toBe(
    '\nColour: Which colour?\n  1. Teal – quiet\n  2. Coral\nType a number or your own words.\n> ',
  );
  expect(seen.steps).toEqual(['asking', 'asked']);
});

test('an empty line is asked for again; a secret is read unseen and taken as it is', async () => {
  const { ask, seen } = terminal(['', '  ', '1', ' p w ']);
  expect(await ask(colour, secret)).toEqual({
    answers: { colour: { answers: ['Teal'] }, key: { answers: [' p w '] } },
  });
  expect(seen.secrets).toEqual([false, false, false, true]);
});

test('two requests at a time are put one after the other', async () => {
  const lines: ((line: string) => void)[] = [];
  const { ask, seen } = terminal([], async () => {
    const { promise, resolve } = Promise.withResolvers<string>();
    lines.push(resolve);
    return promise;
  });
  const [first, second] = [ask(colour), ask({ ...colour, id: 'other' })];
  await expect.poll(() => lines.length).toBe(1);
  expect(seen.steps).toEqual(['asking']);
  lines[0]?.('1');
  expect(await first).toEqual({ answers: { colour: { answers: ['Teal'] } } });
  await expect.poll(() => lines.length).toBe(2);
  lines[1]?.('2');
  expect(await second).toEqual({ answers: { other: { answers: ['Coral'] } } });
});

test('a closed input is no answer, and the next request still gets its turn', async () => {
  const { ask, seen } = terminal([undefined, '1']);
  await expect(ask(colour)).rejects.toThrow('the user closed the input without an answer');
  expect(seen.steps).toEqual(['asking', 'asked']);
  expect(await ask(colour)).toMatchObject({ answers: { colour: {} } });
});
