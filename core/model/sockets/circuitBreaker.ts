import { assertNever, type Clock } from '../../base/index.ts';
import type { SocketPort } from './socketPort.ts';

/** What a client needs for sockets; shared by all clients of an engine. */
export type SocketAccess = {
  readonly port: SocketPort;
  readonly circuitBreaker: SocketCircuitBreaker;
};

/** What is known about the sockets of one endpoint: a closed circuit lets requests through. */
export type CircuitState =
  | { readonly kind: 'closed' }
  /** They failed; nobody tries them until then. */
  | { readonly kind: 'open'; readonly untilMs: number }
  /** That time is over and one request is finding out. */
  | { readonly kind: 'halfOpen'; readonly sinceMs: number };

export type CircuitInput =
  | { readonly type: 'asked'; readonly nowMs: number }
  | { readonly type: 'worked' }
  | { readonly type: 'failed'; readonly nowMs: number }
  /** An attempt ended without having shown anything. */
  | { readonly type: 'undecided'; readonly nowMs: number };

export type CircuitStep = {
  readonly state: CircuitState;
  /** What whoever asked may do: sockets with all patience, one short try, or none. */
  readonly may: 'try' | 'probe' | 'http';
};

const REMEMBERED_MS = 10 * 60_000;
/** A probe that has not reported by then was forgotten by whoever made it. */
const PROBE_LOST_MS = 60_000;

const CLOSED: CircuitState = { kind: 'closed' };

/** Pure: every thread learns from what one of them found out, and later one finds out again. */
export function circuitStep(state: CircuitState, input: CircuitInput): CircuitStep {
  switch (input.type) {
    case 'asked':
      return asked(state, input.nowMs);
    case 'worked':
      return { state: CLOSED, may: 'try' };
    case 'failed':
      return { state: { kind: 'open', untilMs: input.nowMs + REMEMBERED_MS }, may: 'http' };
    case 'undecided':
      return state.kind === 'halfOpen'
        ? { state: { kind: 'open', untilMs: input.nowMs }, may: 'http' }
        : { state, may: state.kind === 'closed' ? 'try' : 'http' };
    default:
      return assertNever(input, 'circuit input');
  }
}

function asked(state: CircuitState, nowMs: number): CircuitStep {
  switch (state.kind) {
    case 'closed':
      return { state, may: 'try' };
    case 'open':
      return nowMs < state.untilMs
        ? { state, may: 'http' }
        : { state: { kind: 'halfOpen', sinceMs: nowMs }, may: 'probe' };
    case 'halfOpen':
      return nowMs < state.sinceMs + PROBE_LOST_MS
        ? { state, may: 'http' }
        : { state: { kind: 'halfOpen', sinceMs: nowMs }, may: 'probe' };
    default:
      return assertNever(state, 'circuit state');
  }
}

/** What all clients of an engine have learnt about WebSockets, by endpoint. */
export class SocketCircuitBreaker {
  readonly #clock: Clock;
  readonly #circuits = new Map<string, CircuitState>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether to try a socket there; whoever may, reports with one of the others. */
  ask(endpoint: URL): CircuitStep['may'] {
    return this.#step(endpoint, { type: 'asked', nowMs: this.#clock.nowMs() });
  }

  /** Whether sockets have been found not to work there, and nobody is to find out again yet. */
  isOpen({ href }: URL): boolean {
    const state = this.#circuits.get(href);
    return state?.kind === 'open' && this.#clock.nowMs() < state.untilMs;
  }

  isProbing({ href }: URL): boolean {
    return this.#circuits.get(href)?.kind === 'halfOpen';
  }

  worked(endpoint: URL): void {
    this.#step(endpoint, { type: 'worked' });
  }

  failed(endpoint: URL): void {
    this.#step(endpoint, { type: 'failed', nowMs: this.#clock.nowMs() });
  }

  undecided(endpoint: URL): void {
    this.#step(endpoint, { type: 'undecided', nowMs: this.#clock.nowMs() });
  }

  #step({ href }: URL, input: CircuitInput): CircuitStep['may'] {
    const { state, may } = circuitStep(this.#circuits.get(href) ?? CLOSED, input);
    this.#circuits.set(href, state);
    return may;
  }
}
