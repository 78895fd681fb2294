import { loudness, SAMPLE_RATE_HZ } from './pcm.ts';

/** One moment of the conversation as the waveform draws it; levels are 0 to 1. */
export type WaveformColumn = {
  readonly you: number;
  readonly parley: number;
  readonly work: boolean;
};

export const COLUMN_MS = 40;
const COLUMN_SAMPLES = (SAMPLE_RATE_HZ * COLUMN_MS) / 1000;
const HISTORY_COLUMNS = 600;

/**
 * The levels behind the waveform: what was said, column by column, and what has arrived but was
 * not heard. Kept outside the view's state because it changes 25 times a second.
 */
export class WaveformTimeline {
  #past: WaveformColumn[] = [];
  #future: number[] = [];
  #remainder: number[] = [];
  #youPeak = 0;
  #parleyPeak = 0;
  #lastTickMs: number | undefined;
  #playing = false;

  /** Oldest first. */
  get past(): readonly WaveformColumn[] {
    return this.#past;
  }

  /** Levels that wait to be heard, next first. */
  get future(): readonly number[] {
    return this.#future;
  }

  /** The latest loudness of both sides, for the still meter. */
  get now(): WaveformColumn {
    return this.#past.at(-1) ?? { you: 0, parley: 0, work: false };
  }

  captured(samples: Int16Array): void {
    this.#youPeak = Math.max(this.#youPeak, loudness(samples));
  }

  /** Sound of a call, at the moment it is heard. */
  heard(samples: Int16Array): void {
    this.#parleyPeak = Math.max(this.#parleyPeak, loudness(samples));
  }

  received(samples: Int16Array): void {
    const all = [...this.#remainder, ...samples];
    let at = 0;
    for (; at + COLUMN_SAMPLES <= all.length; at += COLUMN_SAMPLES)
      this.#future.push(loudness(Int16Array.from(all.slice(at, at + COLUMN_SAMPLES))));
    this.#remainder = all.slice(at);
  }

  /** What is still to be heard by the loudspeaker's word; keeps the drawing from drifting away. */
  positioned(pendingMs: number, playing: boolean): void {
    this.#playing = playing;
    const columns = Math.ceil(pendingMs / COLUMN_MS);
    if (columns < this.#future.length) this.#future.splice(0, this.#future.length - columns);
    if (pendingMs === 0) this.#remainder = [];
  }

  cleared(): void {
    this.#future = [];
    this.#remainder = [];
    this.#playing = false;
  }

  /** Moves time on. After a pause (a hidden page) the gap is skipped, not drawn. */
  tick(nowMs: number, work: boolean): void {
    const last = this.#lastTickMs ?? nowMs - COLUMN_MS;
    const columns = Math.min(25, Math.floor((nowMs - last) / COLUMN_MS));
    if (columns <= 0) return;
    this.#lastTickMs = nowMs - ((nowMs - last) % COLUMN_MS);
    for (let at = 0; at < columns; at += 1) {
      const played = this.#playing ? (this.#future.shift() ?? 0) : 0;
      const parley = Math.max(played, this.#parleyPeak);
      this.#past.push({ you: this.#youPeak, parley, work });
    }
    this.#youPeak = 0;
    this.#parleyPeak = 0;
    if (this.#past.length > HISTORY_COLUMNS)
      this.#past.splice(0, this.#past.length - HISTORY_COLUMNS);
  }
}
