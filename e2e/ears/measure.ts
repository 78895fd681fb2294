import process from 'node:process';

import { concatPcm, samplesToMs, silence } from '../../realtime/audio/index.ts';
import type {
  ExpectedSpeech,
  Recognition,
  SpeechRecognizer,
} from '../../realtime/audio/recognition/index.ts';

/** The turn detector hands a turn over with so much silence before and behind the speech. */
const BEFORE_MS = 300;
const BEHIND_MS = 500;
const CHUNK_MS = 20;
const MICROSECONDS_PER_MS = 1_000;

export type Clip = {
  readonly samples: Int16Array;
  readonly sampleRateHz: number;
};

/** A clip as the turn detector hands it over, with silence around what is said. */
export function turnOf({ samples, sampleRateHz }: Clip): Clip {
  const parts = [silence(BEFORE_MS, sampleRateHz), samples, silence(BEHIND_MS, sampleRateHz)];
  return { samples: concatPcm(parts), sampleRateHz };
}

/** Understands one turn, as fast as it goes. */
export async function understand(
  recogniser: SpeechRecognizer,
  spoken: ExpectedSpeech,
  { samples, sampleRateHz }: Clip,
): Promise<Recognition> {
  const utterance = recogniser.begin({ ...spoken, onPartial: () => undefined });
  for (const chunk of chunksOf(samples, sampleRateHz)) {
    utterance.push(chunk, sampleRateHz);
  }
  return utterance.end();
}

/**
 * How long after the end of a turn it is known what was said, the sound coming as it is spoken and the
 * recogniser being told of it as a session does.
 */
export async function decisionMs(
  recogniser: SpeechRecognizer,
  spoken: ExpectedSpeech,
  { samples, sampleRateHz }: Clip,
): Promise<number> {
  recogniser.prepare(spoken);
  const utterance = recogniser.begin({ ...spoken, onPartial: () => undefined });
  const chunks = chunksOf(samples, sampleRateHz);
  const startedAt = performance.now();
  for (const [index, chunk] of chunks.entries()) {
    await until(startedAt + (index + 1) * CHUNK_MS);
    utterance.push(chunk, sampleRateHz);
  }
  const endedAt = performance.now();
  await utterance.end();
  return performance.now() - endedAt;
}

/** Does work on each item with several workers, each with one item at a time; results are in order. */
export async function withEach<Worker, Item, Result>(
  workers: readonly Worker[],
  items: readonly Item[],
  work: (worker: Worker, item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const waiting = items.entries();
  await Promise.all(
    workers.map(async (worker) => {
      // One iterator for all: each takes what is next.
      for (const [index, item] of waiting) results[index] = await work(worker, item);
    }),
  );
  return results;
}

/** Processor time of all threads for some work, as a share of the time that its sound lasts. */
export async function shareOfRealTime<T>(
  clips: readonly Clip[],
  work: () => Promise<T>,
): Promise<{ readonly share: number; readonly result: T }> {
  const before = process.cpuUsage();
  const result = await work();
  const { user, system } = process.cpuUsage(before);
  const soundMs = clips.reduce(
    (sum, { samples, sampleRateHz }) => sum + samplesToMs(samples.length, sampleRateHz),
    0,
  );
  return { share: (user + system) / MICROSECONDS_PER_MS / Math.max(1, soundMs), result };
}

function chunksOf(samples: Int16Array, sampleRateHz: number): Int16Array[] {
  const size = (sampleRateHz * CHUNK_MS) / 1_000;
  return Array.from({ length: Math.ceil(samples.length / size) }, (_, index) =>
    samples.subarray(index * size, (index + 1) * size),
  );
}

function until(time: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, Math.max(0, time - performance.now()));
  });
}
