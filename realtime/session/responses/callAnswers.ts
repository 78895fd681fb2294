import type { Clock, Timer } from '../../../core/base/index.ts';
import { CallGroups, type GroupVerdict } from './callGroups.ts';
import type { ResponseQueueInput } from './responseQueue.ts';

/** How long the answers of fast calls wait for slow ones of the same response. */
const SLOW_CALL_MS = 1_500;

/** Asks for one response after the calls of another: when all are answered, or the slow ones late. */
export class CallAnswers {
  readonly #clock: Clock;
  readonly #ask: () => void;
  readonly #groups = new CallGroups();
  readonly #timers = new Set<Timer>();

  constructor(clock: Clock, ask: () => void) {
    this.#clock = clock;
    this.#ask = ask;
  }

  /** A call came, in a response if that is known. */
  opened(callId: string, responseId: string | undefined): void {
    this.#groups.opened(callId, responseId);
  }

  answered(callId: string, wantsResponse: boolean): void {
    this.#settle(this.#groups.answered(callId, wantsResponse));
  }

  /** To be told before the queue is, so that the queue finds what is wanted at the end of a response. */
  follow(input: ResponseQueueInput): void {
    if (input.type === 'responseEnded') this.#responseEnded(input.responseId);
    // A response that begins proves that every earlier one is over, also where its end was lost.
    if (input.type === 'responseCreated' && !input.outOfBand) this.#responseEnded(undefined);
  }

  close(): void {
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
  }

  #responseEnded(responseId: string | undefined): void {
    for (const verdict of this.#groups.responseEnded(responseId)) this.#settle(verdict);
  }

  #settle(verdict: GroupVerdict): void {
    if (verdict.type === 'ask') this.#ask();
    if (verdict.type !== 'wait') return;
    const { groupId } = verdict;
    const timer = this.#clock.after(SLOW_CALL_MS, () => {
      this.#timers.delete(timer);
      if (this.#groups.expired(groupId)) this.#ask();
    });
    this.#timers.add(timer);
  }
}
