import { assertNever, type Clock } from '../base/index.ts';
import type { SocketPort } from './sockets.ts';

/** What a client needs for sockets; shared by all clients of an engine. */
export type SocketAccess = { readonly port: SocketPort; readonly verdicts: SocketVerdicts };

/** What is known about the sockets of one endpoint. */
export type Verdict =
  | { readonly kind: 'sockets' }
  /** They failed; nobody tries them until then. */
  | { readonly kind: 'http'; readonly untilMs: number }
  /** That time is over and one request is finding out. */
  | { readonly kind: 'probing'; readonly sinceMs: number };

export type VerdictInput =
  | { readonly type: 'asked'; readonly nowMs: number }
  | { readonly type: 'worked' }
  | { readonly type: 'failed'; readonly nowMs: number }
  /** An attempt ended without having shown anything. */
  | { readonly type: 'undecided'; readonly nowMs: number };

export type VerdictStep = {
  readonly verdict: Verdict;
  /** What whoever asked may do: sockets with all patience, one short try, or none. */
  readonly may: 'try' | 'probe' | 'http';
};

const REMEMBERED_MS = 10 * 60_000;
/** A probe that has not reported by then was forgotten by whoever made it. */
const PROBE_LOST_MS = 60_000;

const initialVerdict: Verdict = { kind: 'sockets' };

/** Pure: every thread learns from what one of them found out, and later one finds out again. */
export function verdictStep(verdict: Verdict, input: VerdictInput): VerdictStep {
  switch (input.type) {
    case 'asked':
      return asked(verdict, input.nowMs);
    case 'worked':
      return { verdict: initialVerdict, may: 'try' };
    case 'failed':
      return { verdict: { kind: 'http', untilMs: input.nowMs + REMEMBERED_MS }, may: 'http' };
    case 'undecided':
      return verdict.kind === 'probing'
        ? { verdict: { kind: 'http', untilMs: input.nowMs }, may: 'http' }
        : { verdict, may: verdict.kind === 'sockets' ? 'try' : 'http' };
    default:
      return assertNever(input, 'verdict input');
  }
}

function asked(verdict: Verdict, nowMs: number): VerdictStep {
  switch (verdict.kind) {
    case 'sockets':
      return { verdict, may: 'try' };
    case 'http':
      return nowMs < verdict.untilMs
        ? { verdict, may: 'http' }
        : { verdict: { kind: 'probing', sinceMs: nowMs }, may: 'probe' };
    case 'probing':
      return nowMs < verdict.sinceMs + PROBE_LOST_MS
        ? { verdict, may: 'http' }
        : { verdict: { kind: 'probing', sinceMs: nowMs }, may: 'probe' };
    default:
      return assertNever(verdict, 'verdict');
  }
}

/** What all clients of an engine have learnt about WebSockets, by endpoint. */
export class SocketVerdicts {
  readonly #clock: Clock;
  readonly #verdicts = new Map<string, Verdict>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether to try a socket there; whoever may, reports with one of the others. */
  ask(endpoint: URL): VerdictStep['may'] {
    return this.#step(endpoint, { type: 'asked', nowMs: this.#clock.nowMs() });
  }

  isProbing({ href }: URL): boolean {
    return this.#verdicts.get(href)?.kind === 'probing';
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

  #step({ href }: URL, input: VerdictInput): VerdictStep['may'] {
    const { verdict, may } = verdictStep(this.#verdicts.get(href) ?? initialVerdict, input);
    this.#verdicts.set(href, verdict);
    return may;
  }
}
