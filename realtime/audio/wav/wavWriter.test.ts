import { expect, test } from 'vitest';

import { type ByteSink, parseWav, WavWriter } from '../index.ts';

class MemorySink implements ByteSink {
  bytes = new Uint8Array(0);
  closed = 0;
  failNext = false;

  async writeAt(bytes: Uint8Array, position: number): Promise<void> {
    if (this.failNext) {
      this.failNext = false;
      throw new Error('disk full');
    }
    const grown = new Uint8Array(Math.max(this.bytes.length, position + bytes.length));
    grown.set(this.bytes);
    grown.set(bytes, position);
    this.bytes = grown;
  }

  async close(): Promise<void> {
    this.closed += 1;
  }
}

const mono = { sampleRateHz: 24_000, channels: 1 };

test('appended samples come out in order, without waiting between them', async () => {
  const sink = new MemorySink();
  const writer = new WavWriter(sink, mono);

  const reused = Int16Array.of(1, 2);
  void writer.append(reused);
  reused.fill(9);
  void writer.append(Int16Array.of(3));
  await writer.close();

  expect(parseWav(sink.bytes)).toEqual({ ...mono, samples: Int16Array.of(1, 2, 3) });
  expect(new DataView(sink.bytes.buffer).getUint32(40, true)).toBe(6);
});

test('a file that was never closed can be read', async () => {
  const sink = new MemorySink();

  await new WavWriter(sink, mono).append(Int16Array.of(1, 2, 3));

  expect(parseWav(sink.bytes).samples).toEqual(Int16Array.of(1, 2, 3));
});

test('closing with nothing written leaves a header', async () => {
  const sink = new MemorySink();

  await new WavWriter(sink, mono).close();

  expect(sink.bytes).toHaveLength(44);
});

test('a failed write rejects, and the sink is closed all the same', async () => {
  const sink = new MemorySink();
  const writer = new WavWriter(sink, mono);
  sink.failNext = true;

  await expect(writer.append(Int16Array.of(1))).rejects.toThrow('disk full');
  sink.failNext = true;
  await expect(writer.close()).rejects.toThrow('disk full');

  expect(sink.closed).toBe(1);
});

test('closing twice closes once, and appending afterwards does nothing', async () => {
  const sink = new MemorySink();
  const writer = new WavWriter(sink, mono);
  await writer.append(Int16Array.of(1));

  await Promise.all([writer.close(), writer.close()]);
  await writer.append(Int16Array.of(2));

  expect(sink.closed).toBe(1);
  expect(parseWav(sink.bytes).samples).toEqual(Int16Array.of(1));
});
