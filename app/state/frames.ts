import type { Clock, Timer } from '../../core/base/index.ts';

/** When the next picture of the page is made, as a port, so that a test can turn it by hand. */
export type Frames = {
  /** Calls back once, before a picture that is soon made; never synchronously. */
  readonly next: (callback: () => void) => void;
};

/** Where the browser asks for pictures: the window, or what a test puts in its place. */
export type FrameSource = Pick<Window, 'requestAnimationFrame' | 'cancelAnimationFrame'> & {
  addEventListener(type: 'keydown', listener: () => void, options: { capture: true }): void;
};

/** A tab that nobody sees makes no pictures; what waits for one is told after this long all the same. */
const HIDDEN_MS = 250;
/** What takes less than this leaves the page time enough for the rest of its work. */
const CHEAP_MS = 8;
/** Nothing rests longer than this, and keys put nothing off longer. */
const MAX_REST_MS = 100;
/** A key and the picture that shows what it did. */
const KEY_MS = 34;

/**
 * The browser's own frames, and a timer where there are none. What is costly to draw rests as long as it
 * took, so that at least half of the time is left for what the user does; and the letter somebody types
 * is drawn before the next of it.
 */
export function browserFrames(source: FrameSource, clock: Clock): Frames {
  return new BrowserFrames(source, clock);
}

class BrowserFrames implements Frames {
  readonly #source: FrameSource;
  readonly #clock: Clock;
  #restUntilMs = 0;
  #keyUntilMs = 0;

  constructor(source: FrameSource, clock: Clock) {
    this.#source = source;
    this.#clock = clock;
    source.addEventListener(
      'keydown',
      () => {
        this.#keyUntilMs = clock.nowMs() + KEY_MS;
      },
      { capture: true },
    );
  }

  next(callback: () => void): void {
    const nowMs = this.#clock.nowMs();
    const latestMs = Math.max(nowMs, this.#restUntilMs) + MAX_REST_MS;
    this.#after(this.#restUntilMs - nowMs, latestMs, callback);
  }

  #after(delayMs: number, latestMs: number, callback: () => void): void {
    if (delayMs <= 0) {
      this.#ask(latestMs, callback);
      return;
    }
    this.#clock.after(delayMs, () => {
      this.#ask(latestMs, callback);
    });
  }

  #ask(latestMs: number, callback: () => void): void {
    const timer: Timer = this.#clock.after(HIDDEN_MS, () => {
      this.#source.cancelAnimationFrame(frame);
      callback();
    });
    const frame = this.#source.requestAnimationFrame(() => {
      timer.cancel();
      const delayMs = Math.min(this.#keyUntilMs, latestMs) - this.#clock.nowMs();
      if (delayMs > 0) this.#after(delayMs, latestMs, callback);
      else this.#draw(callback);
    });
  }

  #draw(callback: () => void): void {
    const beganMs = this.#clock.nowMs();
    callback();
    // A task of its own, which comes when what the callback changed has been drawn.
    this.#clock.after(0, () => {
      const endedMs = this.#clock.nowMs();
      const tookMs = endedMs - beganMs;
      if (tookMs >= CHEAP_MS) this.#restUntilMs = endedMs + Math.min(tookMs, MAX_REST_MS);
    });
  }
}
