import process from 'node:process';

import { concatPcm, samplesToMs, silence } from '../../realtime/audio/index.ts';
import type {
  Grammar,
  Recognition,
  SpeechLanguage,
  SpeechRecognizer,
} from '../../realtime/audio/recognition/index.ts';

/** The turn detector hands a turn over with about so much silence before and behind the speech. */
const BEFORE_MS = 300;
const BEHIND_MS = 400;
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
  language: SpeechLanguage,
  grammar: Grammar,
  { samples, sampleRateHz }: Clip,
): Promise<Recognition> {
  const utterance = recogniser.begin({ language, grammar, onPartial: () => undefined });
  for (const chunk of chunksOf(samples, sampleRateHz)) {
    utterance.push(chunk, sampleRateHz);
  }
  return utterance.end();
}

/** How long after the end of a turn it is known what was said, the sound coming as it is spoken. */
export async function decisionMs(
  recogniser: SpeechRecognizer,
  language: SpeechLanguage,
  grammar: Grammar,
  { samples, sampleRateHz }: Clip,
): Promise<number> {
  const utterance = recogniser.begin({ language, grammar, onPartial: () => undefined });
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

/** Processor time of some work as a share of the time its sound lasts. */
export async function shareOfRealTime(
  clips: readonly Clip[],
  work: () => Promise<void>,
): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  const soundMs = clips.reduce(
    (sum, { samples, sampleRateHz }) => sum + samplesToMs(samples.length, sampleRateHz),
    0,
  );
  return (user + system) / MICROSECONDS_PER_MS / soundMs;
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
