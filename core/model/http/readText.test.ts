import { expect, test } from 'vitest';

import type { HttpResponse } from './httpPort.ts';
import { readText } from './readText.ts';

/** A response in these pieces, which breaks after them where told so. */
function respond(pieces: readonly Uint8Array[], breaks?: Error) {
  const ends: string[] = [];
  const response: HttpResponse = {
    status: 200,
    headers: {},
    body: (async function* body() {
      for (const piece of pieces) yield piece;
      if (breaks !== undefined) throw breaks;
    })(),
    release: () => ends.push('release'),
    discard: () => ends.push('discard'),
  };
  return { response, ends };
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

test('a body that breaks is an error, and its connection is closed', async () => {
  const { response, ends } = respond([bytes('half')], new Error('cut'));

  await expect(readText(response, 100)).rejects.toThrow('cut');
  expect(ends).toEqual(['discard']);
});

test('of a body beyond the limit there is the beginning, and nothing more is read', async () => {
  const { response, ends } = respond([bytes('abc'), bytes('def'), bytes('ghi')], new Error('read'));

  expect(await readText(response, 5)).toEqual({ text: 'abcde', isWhole: false });
  expect(ends).toEqual(['discard']);
});

test('a body of just the limit is whole, also where a character comes in two pieces', async () => {
  const whole = bytes('añ');
  const { response, ends } = respond([whole.subarray(0, 2), whole.subarray(2)]);

  expect(await readText(response, whole.length)).toEqual({ text: 'añ', isWhole: true });
  expect(ends[0]).toBe('release');
});

test('a character that never came whole is replaced', async () => {
  const { response } = respond([bytes('ñ').subarray(0, 1)]);

  expect(await readText(response, 9)).toEqual({ text: '\uFFFD', isWhole: true });
});
