import { describe, expect, test } from 'vitest';

import { FrameCutter } from './frameCutter.ts';
import { decodePcm, encodePcm, loudness } from './pcm.ts';
import { COLUMN_MS, WaveformTimeline } from './waveform.ts';

describe('PCM', () => {
  test('survives base64, also when it is longer than an argument list', () => {
    const samples = Int16Array.from({ length: 40_000 }, (_, at) => (at * 7) % 32_768);

    expect(decodePcm(encodePcm(samples))).toEqual(samples);
  });

  test('text that is not base64 is no audio', () => {
    expect(decodePcm('***')).toBeUndefined();
  });

  test('an odd last byte is dropped', () => {
    expect(decodePcm(btoa('abc'))).toHaveLength(1);
  });

  test('silence is 0 and full scale is 1', () => {
    expect([
      loudness(new Int16Array(480)),
      loudness(new Int16Array(480).fill(32_767)),
      loudness(new Int16Array(0)),
    ]).toEqual([0, 1, 0]);
  });
});

test('a frame cutter makes frames of one size, clips, and silences what is not a number', () => {
  const frames: Int16Array[] = [];
  const cutter = new FrameCutter(4, (frame) => frames.push(frame));
  cutter.push(new Float32Array([2, -2, 0]));
  cutter.push(new Float32Array([Number.NaN, 0.5]));

  expect(frames.map((frame) => Array.from(frame))).toEqual([[32_767, -32_768, 0, 0]]);
});

describe('the voice waveform', () => {
  const loud = new Int16Array(960).fill(20_000);

  test('moves what is heard from the right of the marker to the left', () => {
    const waveform = new WaveformTimeline();
    waveform.tick(0, false);
    waveform.received(loud);
    waveform.received(loud);
    waveform.positioned(80, true);
    waveform.tick(COLUMN_MS, true);

    expect(waveform.future).toHaveLength(1);
    expect(waveform.now).toMatchObject({ you: 0, parley: 1, work: true });
  });

  test('forgets what will not be heard', () => {
    const waveform = new WaveformTimeline();
    waveform.received(loud);
    waveform.cleared();

    expect(waveform.future).toEqual([]);
  });

  test('follows the loudspeaker when the drawing has fallen behind', () => {
    const waveform = new WaveformTimeline();
    for (let at = 0; at < 10; at += 1) waveform.received(loud);
    waveform.positioned(120, true);

    expect(waveform.future).toHaveLength(3);
  });

  test('skips the time in which the page was hidden', () => {
    const waveform = new WaveformTimeline();
    waveform.tick(0, false);
    waveform.tick(600_000, false);

    expect(waveform.past.length).toBeLessThanOrEqual(26);
  });
});
