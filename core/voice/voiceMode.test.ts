import { expect, test } from 'vitest';

import { aloud, changesBetween, type VoiceMode } from './voiceMode.ts';

const spoken: VoiceMode = { outputModality: 'audio', quiet: false, interruption: 'on' };
const written: VoiceMode = { ...spoken, outputModality: 'text' };

test.for([
  {
    name: 'quiet turns sound into text',
    before: spoken,
    change: { quiet: true },
    told: { outputModality: 'text' },
  },
  {
    name: 'the end of quiet brings the sound back',
    before: { ...spoken, quiet: true },
    change: { quiet: false },
    told: { outputModality: 'audio' },
  },
  {
    name: 'quiet changes nothing of text',
    before: written,
    change: { quiet: true },
    told: undefined,
  },
  {
    name: 'a modality chosen in quiet waits for its end',
    before: { ...written, quiet: true },
    change: { outputModality: 'audio' },
    told: undefined,
  },
  {
    name: 'interruption is told by itself',
    before: spoken,
    change: { interruption: 'key' },
    told: { interruption: 'key' },
  },
  { name: 'the same again is nothing', before: spoken, change: { ...spoken }, told: undefined },
] as const)('$name', ({ before, change, told }) => {
  expect(changesBetween(before, { ...before, ...change })).toEqual(told);
});

test('who asks for speech hears it where answers are written, and not in quiet', () => {
  expect(aloud(written)).toEqual({ output_modalities: ['audio'] });
  expect(aloud(spoken)).toBeUndefined();
  expect(aloud({ ...written, quiet: true })).toBeUndefined();
});
