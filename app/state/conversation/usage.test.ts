import { expect, test } from 'vitest';

import { addUsage, kindsText, noVoiceTokens } from './usage.ts';

const usage = {
  total_tokens: 206,
  input_tokens: 92,
  output_tokens: 114,
  input_token_details: { text_tokens: 38, audio_tokens: 54, cached_tokens: 24 },
  output_token_details: { text_tokens: 30, audio_tokens: 84 },
};

test('the usage of answers adds up by kind', () => {
  expect(addUsage(addUsage(noVoiceTokens, usage), usage)).toEqual({
    total: 412,
    input: { all: 184, text: 76, audio: 108, cached: 48 },
    output: { all: 228, text: 60, audio: 168, cached: 0 },
  });
});

test('a provider that gives the total alone is counted by it', () => {
  expect(addUsage(noVoiceTokens, { total_tokens: 7, input_token_details: 'none' })).toEqual({
    ...noVoiceTokens,
    total: 7,
  });
});

test.for([undefined, null, 'much', {}, { total_tokens: -1 }, { total_tokens: Number.NaN }])(
  'usage that cannot be read adds nothing: %o',
  (broken) => {
    expect(addUsage(noVoiceTokens, broken)).toBe(noVoiceTokens);
  },
);

test.for([
  { kinds: { all: 0, text: 0, audio: 0, cached: 0 }, text: '' },
  { kinds: { all: 9, text: 0, audio: 0, cached: 0 }, text: '9' },
  { kinds: { all: 9, text: 9, audio: 0, cached: 0 }, text: '9 text' },
  { kinds: { all: 92, text: 38, audio: 54, cached: 24 }, text: '38 text, 54 audio (24 cached)' },
])('kinds read "$text"', ({ kinds, text }) => {
  expect(kindsText(kinds)).toBe(text);
});
