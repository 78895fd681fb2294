import type { Clock, Timer } from '../../core/base/index.ts';

/** When the next picture of the page is made, as a port, so that a test can turn it by hand. */
export type Frames = {
  /** Calls back once, before the next picture; never synchronously. */
  readonly next: (callback: () => void) => void;
};

/** Where the browser asks for pictures: the window, or what a test puts in its place. */
export type FrameSource = Pick<Window, 'requestAnimationFrame' | 'cancelAnimationFrame'>;

/** A tab that nobody sees makes no pictures; what waits for one is told after this long all the same. */
const HIDDEN_MS = 250;

/** The browser's own frames, and a timer where there are none. */
export function browserFrames(source: FrameSource, clock: Clock): Frames {
  return {
    next: (callback) => {
      const timer: Timer = clock.after(HIDDEN_MS, () => {
        source.cancelAnimationFrame(frame);
        callback();
      });
      const frame = source.requestAnimationFrame(() => {
        timer.cancel();
        callback();
      });
    },
  };
}
