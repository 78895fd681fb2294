import { resolve } from 'node:path';

import { assertNever, type Clock } from '../base/index.ts';
import type { CommandAuthConfig } from '../config/index.ts';
import type { CommandResult, RunCommand } from '../platform/index.ts';
import { AuthError } from './errors.ts';
import { isSendableKey } from './storedKey.ts';

type Cached = { readonly token: string; readonly fetchedAtMs: number };

/** What needs a token at the same time should not run a program that fails once each. */
const FAILURE_HOLDS_MS = 1_000;

/**
 * A bearer printed by a program. One run serves everybody who waits for it; the token is
 * kept in memory only. A failed run is an AuthError for those who waited, and for who asks right after.
 */
export class CommandToken {
  readonly #auth: CommandAuthConfig;
  readonly #home: string;
  readonly #clock: Pick<Clock, 'nowMs'>;
  readonly #run: RunCommand;
  #cached: Cached | undefined;
  #running: Promise<string> | undefined;
  #failure: { readonly error: AuthError; readonly atMs: number } | undefined;

  constructor(
    auth: CommandAuthConfig,
    ports: { home: string; clock: Pick<Clock, 'nowMs'>; run: RunCommand },
  ) {
    this.#auth = auth;
    this.#home = ports.home;
    this.#clock = ports.clock;
    this.#run = ports.run;
  }

  /** The token in use, fetched when there is none or its time is up. */
  async current(): Promise<string> {
    const cached = this.#cached;
    if (cached !== undefined && !this.#isStale(cached)) return cached.token;
    return this.#fetch();
  }

  /** A token newer than the one that was refused; runs the program unless that has happened since. */
  async replacementFor(refused: string): Promise<string> {
    const cached = this.#cached;
    if (cached !== undefined && cached.token !== refused) return cached.token;
    return this.#fetch();
  }

  #isStale({ fetchedAtMs }: Cached): boolean {
    const { refreshIntervalMs } = this.#auth;
    return refreshIntervalMs > 0 && this.#clock.nowMs() - fetchedAtMs >= refreshIntervalMs;
  }

  #fetch(): Promise<string> {
    const failure = this.#failure;
    if (failure !== undefined && this.#clock.nowMs() - failure.atMs < FAILURE_HOLDS_MS) {
      return Promise.reject(failure.error);
    }
    this.#running ??= this.#runOnce().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #runOnce(): Promise<string> {
    const { command, args, cwd, timeoutMs } = this.#auth;
    const result = await this.#run({
      command,
      args,
      cwd: cwd === undefined ? undefined : resolve(this.#home, cwd),
      timeoutMs,
    });
    const outcome = readToken(result, timeoutMs);
    if (outcome.kind === 'failed') {
      const error = new AuthError(
        'credentialCommandFailed',
        `The auth command ${JSON.stringify(command)} ${outcome.reason}, so no request was sent.`,
      );
      this.#failure = { error, atMs: this.#clock.nowMs() };
      throw error;
    }
    this.#failure = undefined;
    this.#cached = { token: outcome.token, fetchedAtMs: this.#clock.nowMs() };
    return outcome.token;
  }
}

type Outcome =
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'failed'; readonly reason: string };

const failed = (reason: string): Outcome => ({ kind: 'failed', reason });

function readToken(result: CommandResult, timeoutMs: number): Outcome {
  switch (result.kind) {
    case 'notStarted':
      return failed(`could not be started (${result.reason})`);
    case 'timedOut':
      return failed(`did not finish within ${timeoutMs} ms`);
    case 'tooMuchOutput':
      return failed('printed far more than a token');
    case 'killed':
      return failed(`was ended by ${result.signal}`);
    case 'exited':
      return result.exitCode === 0
        ? checkToken(result.stdout.trim())
        : failed(`ended with exit code ${result.exitCode}`);
    default:
      return assertNever(result, 'command result');
  }
}

function checkToken(token: string): Outcome {
  if (token === '') return failed('printed nothing');
  if (/[\r\n]/.test(token)) return failed('printed more than one line');
  // What a header cannot carry would otherwise fail later, in words that repeat the token.
  if (!isSendableKey(token)) return failed('printed characters that a token cannot have');
  return { kind: 'token', token };
}
