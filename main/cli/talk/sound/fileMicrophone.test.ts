import { expect, test } from 'vitest';

import { ManualClock } from '../../../../core/base/testing/index.ts';
import { FileMicrophone } from './fileMicrophone.ts';

/** Time that may jump while timers stand still, as on a busy or suspended machine. */
class JumpyClock extends ManualClock {
  skewMs = 0;

  override nowMs(): number {
    return super.nowMs() + this.skewMs;
  }
}

class Recorder {
  readonly clock = new JumpyClock();
  readonly chunks: Int16Array[] = [];
  overAfterChunks: number | undefined;
  readonly microphone: FileMicrophone;

  constructor(samples: number, onChunk: () => void = () => undefined) {
    this.microphone = new FileMicrophone({
      samples: new Int16Array(samples).fill(1),
      clock: this.clock,
      onChunk: (chunk) => {
        this.chunks.push(chunk);
        onChunk();
      },
      onInputOver: () => {
        this.overAfterChunks = this.chunks.length;
      },
    });
  }
}

test('nothing is sent before a chunk has passed in real time', () => {
  const { microphone, clock, chunks } = new Recorder(9_600);
  microphone.open();

  clock.advance(39);
  expect(chunks).toHaveLength(0);
  clock.advance(1);
  expect(chunks).toHaveLength(1);
});

test('a late timer is made up for', () => {
  const { microphone, clock, chunks } = new Recorder(9_600);
  microphone.open();

  clock.skewMs = 360;
  clock.advance(40);

  expect(chunks).toHaveLength(10);
});

test('a long standstill is skipped instead of being made up for in a flood', () => {
  const { microphone, clock, chunks } = new Recorder(9_600);
  microphone.open();

  clock.skewMs = 3_600_000;
  clock.advance(40);
  expect(chunks).toHaveLength(50);
  clock.advance(40);
  expect(chunks).toHaveLength(51);
});

test('the last chunk of the sound is filled up with silence, and then told once', () => {
  const recorder = new Recorder(1_000);
  recorder.microphone.open();
  recorder.clock.advance(400);

  expect(recorder.overAfterChunks).toBe(2);
  expect(recorder.chunks).toHaveLength(10);
  expect(recorder.chunks[1]?.subarray(0, 41)).toEqual(new Int16Array(41).fill(1, 0, 40));
});

test('a sound that fills its last chunk exactly is over with that chunk', () => {
  const recorder = new Recorder(1_920);
  recorder.microphone.open();
  recorder.clock.advance(400);

  expect(recorder.overAfterChunks).toBe(2);
});

test('closing in the middle of catching up sends nothing more', () => {
  const recorder: Recorder = new Recorder(9_600, () => {
    recorder.microphone.close();
  });
  recorder.microphone.open();
  recorder.clock.skewMs = 400;
  recorder.clock.advance(40);

  expect(recorder.chunks).toHaveLength(1);
  recorder.microphone.close();
  expect(recorder.clock.pending).toBe(0);
});
