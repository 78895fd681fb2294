import { expect, test } from 'vitest';

import { backendMessage, typedMessage } from './messages.ts';

test('what was typed is marked for the model once, and counts as said in the user’s own words', () => {
  expect(typedMessage('hello', 'mine')).toEqual({
    role: 'user',
    text: '[USER] hello',
    said: 'hello',
    itemId: 'mine',
  });
  expect(typedMessage('[USER] again', undefined)).toMatchObject({ text: '[USER] again' });
});

test('what the agent says is marked once and counts as nothing the user said', () => {
  expect(backendMessage('done')).toEqual({ role: 'user', text: '[BACKEND] done' });
  expect(backendMessage('[BACKEND] done').text).toBe('[BACKEND] done');
});

test('an empty text stays empty', () => {
  expect([typedMessage('', undefined).text, backendMessage('').text]).toEqual(['', '']);
});
