import type { Clock, Timer } from '../../../core/base/index.ts';
import type { ResponseOptions } from '../../protocol/index.ts';
import { CallAnswers } from './callAnswers.ts';
import {
  initialResponseQueue,
  plainRequest,
  type ResponseQueueEffect,
  type ResponseQueueInput,
  type ResponseQueueState,
  type ResponseRequest,
  type Running,
  runningResponse,
  step,
} from './responseQueue.ts';

/** How long a `response.create` may go unanswered before it is sent once more. */
const CREATE_TIMEOUT_MS = 10_000;

export type ResponseSchedulerPorts = {
  readonly clock: Clock;
  readonly sendCreate: (request: ResponseRequest, eventId: string) => void;
  /** The one slot does something else now, or more or fewer responses wait for it. */
  readonly onQueue: (phase: 'free' | 'requested' | 'active', waiting: number) => void;
  /** The server answered neither a create nor its one repetition. */
  readonly onStalled: () => void;
};

/**
 * Decides when responses are asked for: one at a time, and for the calls of a response only once they
 * are answered. It is the one place that knows which response runs.
 */
export class ResponseScheduler {
  readonly #ports: ResponseSchedulerPorts;
  readonly #answers: CallAnswers;
  readonly #seenCalls = new Set<string>();
  #queue: ResponseQueueState = initialResponseQueue;
  #watchdog: Timer | undefined;

  constructor(ports: ResponseSchedulerPorts) {
    this.#ports = ports;
    this.#answers = new CallAnswers(ports.clock, () => {
      this.request();
    });
  }

  get running(): Running | undefined {
    return runningResponse(this.#queue);
  }

  /** Asks for a response, now or as soon as the running one has ended. */
  request(options?: ResponseOptions): void {
    this.#advance({
      type: 'requestMade',
      request: options === undefined ? plainRequest : { kind: 'own', options },
    });
  }

  /** False for a call that came before, however often the server repeats it. */
  called(callId: string): boolean {
    if (this.#seenCalls.has(callId)) return false;
    this.#seenCalls.add(callId);
    this.#answers.opened(callId, this.running?.responseId);
    return true;
  }

  answered(callId: string, wantsResponse: boolean): void {
    this.#answers.answered(callId, wantsResponse);
  }

  follow(input: Exclude<ResponseQueueInput, { type: 'requestMade' | 'disconnected' }>): void {
    this.#answers.follow(input);
    this.#advance(input);
  }

  close(): void {
    this.#advance({ type: 'disconnected' });
    this.#answers.close();
  }

  #advance(input: ResponseQueueInput): void {
    const before = this.#queue;
    const { state, effects } = step(before, input);
    this.#queue = state;
    for (const effect of effects) this.#perform(effect);
    const isSame = before.slot.phase === state.slot.phase && before.requests === state.requests;
    if (input.type === 'disconnected' || isSame) return;
    this.#ports.onQueue(state.slot.phase, state.requests.length);
  }

  #perform(effect: ResponseQueueEffect): void {
    switch (effect.type) {
      case 'sendCreate':
        this.#ports.sendCreate(effect.request, effect.eventId);
        return;
      case 'watch':
        this.#watchdog?.cancel();
        this.#watchdog = this.#ports.clock.after(CREATE_TIMEOUT_MS, () => {
          this.#advance({ type: 'createUnanswered', eventId: effect.eventId });
        });
        return;
      case 'unwatch':
        this.#watchdog?.cancel();
        return;
      case 'stalled':
        this.#ports.onStalled();
    }
  }
}
