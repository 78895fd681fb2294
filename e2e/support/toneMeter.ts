/** What a tone was found to be: its share of full scale, its frequency, and how long it was missing. */
export type ToneFacts = {
  readonly frequencyHz: number;
  /** Against the amplitude that was sent; 0 is equal. */
  readonly levelDb: number;
  /** The longest stretch in which the tone was at less than half of its level. */
  readonly longestGapMs: number;
  /** How long the tone lasted. */
  readonly durationMs: number;
};

const WINDOW_MS = 5;
const PRESENT = 0.5;
/** The beginning and the end of a line swing in and out; what lies between is measured. */
const EDGE_MS = 500;

/** Measures a tone of `amplitude` (share of full scale) in mono sound, silence around it left out. */
export function measureTone(
  samples: ArrayLike<number>,
  sampleRateHz: number,
  amplitude: number,
): ToneFacts {
  const window = Math.round((sampleRateHz * WINDOW_MS) / 1000);
  const levels: number[] = [];
  for (let start = 0; start + window <= samples.length; start += window) {
    levels.push(rms(samples, start, start + window));
  }
  const present = (amplitude / Math.SQRT2) * PRESENT;
  const first = levels.findIndex((level) => level > present);
  const last = levels.findLastIndex((level) => level > present);
  if (first === -1) return { frequencyHz: 0, levelDb: -Infinity, longestGapMs: 0, durationMs: 0 };
  let gap = 0;
  let longestGap = 0;
  for (const level of levels.slice(first, last + 1)) {
    gap = level > present ? 0 : gap + 1;
    longestGap = Math.max(longestGap, gap);
  }
  const edge = Math.round((sampleRateHz * EDGE_MS) / 1000);
  const from = first * window + edge;
  const to = (last + 1) * window - edge;
  return {
    frequencyHz: frequencyOf(samples, sampleRateHz, from, to),
    levelDb: 20 * Math.log10((rms(samples, from, to) * Math.SQRT2) / amplitude),
    longestGapMs: longestGap * WINDOW_MS,
    durationMs: ((last + 1 - first) * window * 1000) / sampleRateHz,
  };
}

function rms(samples: ArrayLike<number>, from: number, to: number): number {
  let squares = 0;
  for (let index = from; index < to; index += 1) squares += (samples[index] ?? 0) ** 2;
  return Math.sqrt(squares / Math.max(1, to - from));
}

/** Counts upward crossings of zero, between the first and the last of them. */
function frequencyOf(
  samples: ArrayLike<number>,
  sampleRateHz: number,
  from: number,
  to: number,
): number {
  let first: number | undefined;
  let last = from;
  let crossings = 0;
  for (let index = from + 1; index < to; index += 1) {
    const before = samples[index - 1] ?? 0;
    const now = samples[index] ?? 0;
    if (before >= 0 || now < 0) continue;
    // Between two samples the line is straight enough.
    const at = index - now / (now - before);
    if (first === undefined) first = at;
    else crossings += 1;
    last = at;
  }
  return first === undefined || last === first ? 0 : (crossings * sampleRateHz) / (last - first);
}
