import type { Clock, Timer } from '../../../core/base/index.ts';
import type { PlanStep } from '../../../core/protocol/index.ts';
import type { CommandIo } from '../commandIo.ts';

const ERASE_LINE = '\r\u001B[K';
const TICK_MS = 1_000;

/** One line on stderr that says what is going on and for how long; silent where stderr is no terminal. */
export class ProgressLine {
  readonly #io: CommandIo;
  readonly #clock: Clock;
  readonly #startedAtMs: number;
  #step: string | undefined;
  #timer: Timer | undefined;
  #isShown = false;

  constructor(io: CommandIo, clock: Clock) {
    this.#io = io;
    this.#clock = clock;
    this.#startedAtMs = clock.nowMs();
  }

  start(): void {
    if (this.#io.isStderrTty) this.#tick();
  }

  /** Shows the step being worked on. */
  plan(steps: readonly PlanStep[]): void {
    const index = steps.findIndex(({ status }) => status === 'inProgress');
    const current = steps[index];
    this.#step =
      current === undefined ? undefined : `step ${index + 1} of ${steps.length}: ${current.step}`;
    if (this.#isShown) this.#draw();
  }

  /** Leaves a remark standing above the line. */
  note(text: string): void {
    if (!this.#io.isStderrTty) return;
    this.clear();
    this.#io.stderr.write(`${text.trim()}\n`);
  }

  clear(): void {
    if (!this.#isShown) return;
    this.#io.stderr.write(ERASE_LINE);
    this.#isShown = false;
  }

  /** Gives the terminal to the answer; the line does not come back by itself. */
  pause(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  stop(): void {
    this.pause();
    this.clear();
  }

  #tick(): void {
    this.#draw();
    this.#timer = this.#clock.after(TICK_MS, () => {
      this.#tick();
    });
  }

  #draw(): void {
    const seconds = Math.floor((this.#clock.nowMs() - this.#startedAtMs) / 1_000);
    const words = [`Working, ${seconds} s`, this.#step].filter((part) => part !== undefined);
    this.#io.stderr.write(`${ERASE_LINE}${words.join(' · ')}`);
    this.#isShown = true;
  }
}
