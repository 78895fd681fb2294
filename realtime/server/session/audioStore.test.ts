import { expect, test } from 'vitest';

import { InputTape, ItemSounds } from './audioStore.ts';

test('a tape gives back any stretch that is still on it', () => {
  const tape = new InputTape();
  tape.append(Int16Array.of(0, 1, 2));
  tape.append(Int16Array.of(3, 4));
  tape.append(Int16Array.of(5));

  expect(tape.cut(1, 4)).toEqual(Int16Array.of(1, 2, 3));
  tape.dropBefore(3);
  expect(tape.cut(0, 6)).toEqual(Int16Array.of(3, 4, 5));
  tape.dropBefore(6);
  expect(tape.cut(0, 6)).toEqual(new Int16Array());
  tape.append(Int16Array.of(6));
  expect(tape.cut(6, 7)).toEqual(Int16Array.of(6));
});

test('sounds are let go oldest first when there is no room', () => {
  const sounds = new ItemSounds(4);
  sounds.keep('a', Int16Array.of(1, 2));
  sounds.keep('b', Int16Array.of(3, 4));
  sounds.keep('c', Int16Array.of(5));

  expect(sounds.get('a')).toBeUndefined();
  expect(sounds.get('b')).toEqual(Int16Array.of(3, 4));
  sounds.forget('b');
  sounds.keep('d', Int16Array.of(6, 7, 8));
  expect(sounds.get('c')).toEqual(Int16Array.of(5));
});
