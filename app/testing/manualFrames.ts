import type { Frames } from '../state/index.ts';

/** Frames that are made by hand. */
export class ManualFrames implements Frames {
  #waiting: (() => void)[] = [];

  readonly next = (callback: () => void): void => {
    this.#waiting.push(callback);
  };

  /** Makes one frame; what is asked for meanwhile waits for the next. */
  turn(): void {
    for (const callback of this.#waiting.splice(0)) callback();
  }
}

/** Frames as quick as they can be, for tests that are not about them. */
export const quickFrames: Frames = { next: queueMicrotask };
