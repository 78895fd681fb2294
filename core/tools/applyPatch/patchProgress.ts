import type { FileUpdateChange } from '../../protocol/index.ts';
import type { InputWatcher, WatchedCall } from '../contract.ts';
import { PatchError } from './errors.ts';
import { type HunkSoFar, PatchReader } from './patchReader.ts';

/** All that has come until now goes out each time, so not with every word. */
const PAUSE_MS = 500;

/**
 * Shows a patch while the model writes it (app-server §7): at once when there is something to see, then after
 * pauses, and at its end. One that goes wrong is shown no further; what is wrong the tool says.
 */
export class PatchProgress implements InputWatcher {
  readonly #call: WatchedCall;
  readonly #reader = new PatchReader();
  #toldAtMs: number | undefined;
  /** How much of the patch has been shown; something has changed only where that is more. */
  #toldSize = 0;
  #isBroken = false;

  constructor(call: WatchedCall) {
    this.#call = call;
  }

  take(text: string): void {
    this.#read(() => {
      this.#reader.push(text);
    });
    const nowMs = this.#call.clock.nowMs();
    if (this.#toldAtMs !== undefined && nowMs - this.#toldAtMs < PAUSE_MS) return;
    this.#tell(nowMs);
  }

  end(): void {
    this.#read(() => {
      this.#reader.end();
    });
    this.#tell(this.#call.clock.nowMs());
  }

  #read(step: () => void): void {
    if (this.#isBroken) return;
    try {
      step();
    } catch (error) {
      if (!(error instanceof PatchError)) throw error;
      this.#isBroken = true;
    }
  }

  #tell(nowMs: number): void {
    if (this.#isBroken) return;
    const hunks = this.#reader.soFar;
    const size = hunks.reduce((sum, hunk) => sum + 1 + hunk.diff.length, 0);
    if (size === this.#toldSize) return;
    this.#toldSize = size;
    this.#toldAtMs = nowMs;
    this.#call.delta('item/fileChange/patchUpdated', { changes: hunks.map(asChange) });
  }
}

function asChange({ kind, path, moveTo, diff }: HunkSoFar): FileUpdateChange {
  return kind === 'update'
    ? { path, kind: { type: 'update', move_path: moveTo ?? null }, diff }
    : { path, kind: { type: kind }, diff };
}
