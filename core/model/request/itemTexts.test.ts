import { expect, test } from 'vitest';

import { type ResponseItem, textMessage } from '../contract/index.ts';
import { keptTexts } from './itemTexts.ts';

function counted() {
  const made: ResponseItem[] = [];
  const textOf = keptTexts((item) => {
    made.push(item);
    return JSON.stringify(item);
  });
  return { made, textOf };
}

test('the text of an item is made once, however often it is sent, and that of its like is another', () => {
  const { made, textOf } = counted();
  const [one, like] = [textMessage('user', 'Hi'), textMessage('user', 'Hi')];

  expect([one, like, one, like].map(textOf)).toEqual(Array(4).fill(JSON.stringify(one)));
  expect(made).toEqual([one, like]);
});

test('an empty text is remembered, too, and a picture is not kept twice', () => {
  const { made, textOf } = counted();
  const nothing = keptTexts((item) => {
    made.push(item);
    return '';
  });
  const small = textMessage('user', 'Hi');
  expect([nothing(small), nothing(small)]).toEqual(['', '']);
  expect(made).toEqual([small]);

  const picture = textMessage('user', 'x'.repeat(100_000));
  expect(textOf(picture)).toBe(textOf(picture));
  expect(made).toEqual([small, picture, picture]);
});
