import { setTimeout as pause } from 'node:timers/promises';

import type { CallEnd, CallHandlers } from '../index.ts';

const LIMIT_MS = 8_000;

/** Handlers of one end of a call that keep what they are told, to be waited for. */
export class CallProbe {
  readonly frames: Int16Array[] = [];
  readonly events: string[] = [];
  readonly ends: CallEnd[] = [];
  opened = 0;
  /** Called with each event, to answer it. */
  onEvent: ((text: string) => void) | undefined;

  readonly handlers: CallHandlers = {
    onAudio: (samples) => {
      this.frames.push(samples);
    },
    onEvent: (text) => {
      this.events.push(text);
      this.onEvent?.(text);
    },
    onChannelOpen: () => {
      this.opened += 1;
    },
    onClosed: (end) => {
      this.ends.push(end);
    },
  };

  /** All sound so far, joined. */
  get sound(): Int16Array {
    return Int16Array.from(this.frames.flatMap((frame) => Array.from(frame)));
  }
}

/** Looks every millisecond whether something is so; throws when it never is. */
export async function until(isSo: () => boolean, what: string, limitMs = LIMIT_MS): Promise<void> {
  const startMs = performance.now();
  while (!isSo()) {
    if (performance.now() - startMs > limitMs) throw new Error(`In ${limitMs} ms never: ${what}`);
    await pause(1);
  }
}
