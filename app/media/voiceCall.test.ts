import { expect, test } from 'vitest';

import { decodeBytes, encodeBytes } from './pcm.ts';
import { readCallWord } from './voiceCall.ts';
import { WaveformTimeline } from './waveform.ts';

test.for<[unknown, unknown]>([
  [
    '{"type":"output_audio_buffer.started","response_id":"r1"}',
    { type: 'soundStarted', responseId: 'r1' },
  ],
  [
    '{"type":"output_audio_buffer.stopped","response_id":null}',
    { type: 'soundStopped', responseId: undefined },
  ],
  ['{"type":"output_audio_buffer.cleared"}', { type: 'soundCleared', responseId: undefined }],
  ['{"type":"input_audio_buffer.speech_started"}', { type: 'speechStarted' }],
  ['{"type":"response.done","response_id":"r1"}', undefined],
  ['{"type":"toString"}', undefined],
  ['{"type":7}', undefined],
  ['null', undefined],
  ['not json', undefined],
  [new ArrayBuffer(8), undefined],
])('of what comes over a call, %s is read as %o', ([message, word]) => {
  expect(readCallWord(message)).toEqual(word);
});

test('bytes survive base64, also when they are longer than an argument list', () => {
  const bytes = Uint8Array.from({ length: 40_000 }, (_, at) => at % 256);

  expect(decodeBytes(encodeBytes(bytes))).toEqual(bytes);
  expect(decodeBytes('***')).toBeUndefined();
});

test('the waveform draws a call’s sound where it is heard, and it leaves nothing waiting', () => {
  const waveform = new WaveformTimeline();
  waveform.tick(0, false);
  waveform.heard(new Int16Array(480).fill(20_000));
  waveform.tick(40, false);
  expect(waveform.now.parley).toBeGreaterThan(0.9);
  waveform.tick(80, false);

  expect(waveform.now.parley).toBe(0);
  expect(waveform.future).toEqual([]);
});
