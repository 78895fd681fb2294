import type { Clock } from '../../../../core/base/index.ts';
import type { TalkIo } from '../options.ts';

const REDRAW_MS = 120;
const BAR_STEPS = 10;
/** What counts as an empty bar; speech lies about 30 dB above it. */
const QUIETEST_DB = -50;
const CLEAR_LINE = '\r\u001B[K';

/** One line on the terminal that is drawn over itself; does nothing where there is no terminal. */
export class LevelLine {
  readonly #io: TalkIo;
  readonly #clock: Clock;
  readonly #startMs: number;
  #drawnMs = Number.NEGATIVE_INFINITY;
  #visible = false;

  constructor(io: TalkIo, clock: Clock) {
    this.#io = io;
    this.#clock = clock;
    this.#startMs = clock.nowMs();
  }

  /** Draws at most every 120 ms; `level` is an rms as a share of full scale. */
  show(word: string, level: number): void {
    const nowMs = this.#clock.nowMs();
    if (!this.#io.isStderrTty || nowMs - this.#drawnMs < REDRAW_MS) return;
    this.#drawnMs = nowMs;
    this.#visible = true;
    const seconds = ((nowMs - this.#startMs) / 1000).toFixed(1);
    this.#io.stderr.write(`${CLEAR_LINE}${word}  ${seconds} s  ${levelBar(level)}`);
  }

  /** Makes room for other output. */
  clear(): void {
    if (!this.#visible) return;
    this.#visible = false;
    this.#io.stderr.write(CLEAR_LINE);
  }
}

/** Ten steps between -50 dB and full scale. */
export function levelBar(level: number): string {
  const decibels = 20 * Math.log10(Math.max(level, Number.MIN_VALUE));
  const share = Math.max(0, Math.min(1, 1 - decibels / QUIETEST_DB));
  const filled = Math.round(share * BAR_STEPS);
  return `[${'='.repeat(filled)}${' '.repeat(BAR_STEPS - filled)}]`;
}
