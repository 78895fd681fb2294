import { describe, expect, test } from 'vitest';

import { callIn, errorIn, failureIn, isSpokenItem, samplesIn } from './serverEventFacts.ts';

describe('a function call', () => {
  test.for([
    {
      name: 'is known by its call id',
      item: { type: 'function_call', id: 'i', call_id: 'c', name: 'f', arguments: '{}' },
      call: { callId: 'c', itemId: 'i', name: 'f', arguments: '{}' },
    },
    {
      name: 'goes by its item id where it has no call id',
      item: { type: 'function_call', id: 'i', call_id: '', name: 'f' },
      call: { callId: 'i', itemId: 'i', name: 'f', arguments: '' },
    },
    { name: 'without a name is none', item: { type: 'function_call', id: 'i' }, call: undefined },
    {
      name: 'without any id is none',
      item: { type: 'function_call', name: 'f' },
      call: undefined,
    },
    { name: 'is no message', item: { type: 'message', id: 'i', name: 'f' }, call: undefined },
  ])('$name', ({ item, call }) => {
    expect(callIn(item)).toEqual(call);
  });
});

test.for([
  { item: { type: 'message', role: 'assistant' }, isSpoken: true },
  { item: { type: 'message', role: 'user', content: [{ type: 'input_audio' }] }, isSpoken: true },
  { item: { type: 'message', role: 'user', content: [{ type: 'input_text' }] }, isSpoken: false },
  { item: { type: 'message', role: 'user', content: 'x' }, isSpoken: false },
  { item: { type: 'message', role: 'user', content: [null] }, isSpoken: false },
  { item: { type: 'function_call' }, isSpoken: false },
])('$item is spoken: $isSpoken', ({ item, isSpoken }) => {
  expect(isSpokenItem(item)).toBe(isSpoken);
});

test.for([
  { bytes: 0, channels: 1, samples: 0 },
  { bytes: 2, channels: 1, samples: 1 },
  { bytes: 10, channels: 1, samples: 5 },
  { bytes: 12, channels: 2, samples: 3 },
  { bytes: 13, channels: 1, samples: 6 },
])('$bytes bytes in $channels channels are $samples samples', ({ bytes, channels, samples }) => {
  expect(samplesIn(Buffer.alloc(bytes).toString('base64'), channels)).toBe(samples);
});

test.for([
  [{ error: { message: 'too long', code: 'c' } }, 'too long'],
  [{ error: { message: '', code: 'c' } }, 'c'],
  [{ error: null }, 'the response failed'],
  [null, 'the response failed'],
] as const)('a failure with the details %j reads %j', ([details, words]) => {
  expect(failureIn(details)).toBe(words);
});

test('an error takes its words from wherever the server has put them, and is none without any', () => {
  expect(errorIn({ type: 'error', message: 'outside' })).toEqual({ message: 'outside' });
  expect(errorIn({ type: 'error', error: { message: 'inside' }, message: 'outside' })).toEqual({
    message: 'inside',
  });
  expect(errorIn({ type: 'error' })).toBeUndefined();
});
