import { expect, test } from 'vitest';

import { readParts, type StreamPart } from './eventStream.ts';

async function partsOf(pieces: readonly string[], maxCharacters?: number): Promise<StreamPart[]> {
  const bytes = async function* (): AsyncGenerator<Uint8Array> {
    for (const piece of pieces) yield Buffer.from(piece);
  };
  const parts: StreamPart[] = [];
  for await (const part of readParts(bytes(), maxCharacters)) parts.push(part);
  return parts;
}

test('several data lines are one event, and its name is kept', async () => {
  expect(await partsOf(['event: a\ndata: {"x":\ndata: 1}\n\n'])).toEqual([
    { kind: 'event', name: 'a', data: '{"x":\n1}' },
  ]);
});

test('blank space and comments before the first event do not decide what the answer is', async () => {
  expect(await partsOf(['\n\n', ': hi\n\n', 'data: {}\n\n'])).toEqual([
    { kind: 'event', name: undefined, data: '{}' },
  ]);
  expect(await partsOf(['\n  ', '{"a"', ':1}\n'])).toEqual([{ kind: 'whole', data: '{"a":1}\n' }]);
});

test('nothing at all is nothing', async () => {
  expect(await partsOf([])).toEqual([]);
});

test.for([
  { name: 'an event without end', pieces: ['data: ', 'x'.repeat(50), 'x'.repeat(50)] },
  { name: 'a JSON answer without end', pieces: ['{"a":"', 'x'.repeat(100)] },
])('$name is given up before it fills the memory', async ({ pieces }) => {
  await expect(partsOf(pieces, 80)).rejects.toMatchObject({ code: 'streamTooLarge' });
});
