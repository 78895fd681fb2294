import { sleep, type StopSignal } from '../base/index.ts';
import type { ThreadPorts } from './ports.ts';

/** Far more than lies between a client that reads and the engine, and far less than it is given up for. */
const BEHIND_BYTES = 4 * 1024 * 1024;
const LOOK_AGAIN_MS = 5;
/**
 * A client that took nothing for so long does not read. A pipe tells of what was taken only by the whole write,
 * which may be all that waits.
 */
const PATIENCE_MS = 5_000;

/**
 * Keeps what produces faster than clients read, as a provider on the same machine can, from filling their
 * connections until they are given up: it waits while all of them are far behind, as long as one still
 * takes something. For those who take nothing nobody waits a second time until they have caught up.
 */
export class ReaderPace {
  readonly #ports: Pick<ThreadPorts, 'clock' | 'unreadBytes'>;
  readonly #signal: StopSignal;
  #catchingUp: Promise<void> | undefined;
  #isHopeless = false;

  /** `signal` ends every waiting. */
  constructor(ports: Pick<ThreadPorts, 'clock' | 'unreadBytes'>, signal: StopSignal) {
    this.#ports = ports;
    this.#signal = signal;
  }

  /** Resolves when more may be told; undefined where it may be at once, which is nearly always. */
  pause(): Promise<void> | undefined {
    if (this.#catchingUp !== undefined) return this.#catchingUp;
    if (this.#ports.unreadBytes() <= BEHIND_BYTES) this.#isHopeless = false;
    else if (!this.#isHopeless) this.#catchingUp = this.#catchUp();
    return this.#catchingUp;
  }

  async #catchUp(): Promise<void> {
    const { clock, unreadBytes } = this.#ports;
    let fewest = unreadBytes();
    let sinceMs = clock.nowMs();
    while (!this.#signal.aborted && !this.#isHopeless) {
      await sleep(clock, LOOK_AGAIN_MS, this.#signal);
      const unread = unreadBytes();
      if (unread <= BEHIND_BYTES / 2) break;
      if (unread < fewest) {
        fewest = unread;
        sinceMs = clock.nowMs();
      } else this.#isHopeless = clock.nowMs() - sinceMs >= PATIENCE_MS;
    }
    this.#catchingUp = undefined;
  }
}
