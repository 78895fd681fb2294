import type { CredentialPurpose, Credentials } from '../auth/index.ts';
import { ProductError } from '../base/index.ts';
import type { Authenticated } from '../model/index.ts';
import type { Secrets } from './secrets.ts';

export type AuthenticatorOptions = {
  readonly credentials: Credentials;
  /** Learns every key that is shown. */
  readonly secrets: Secrets;
  readonly log: { debug(fields: object, message: string): void };
  readonly providerId: string;
};

/** Nobody waits for the answer any more, so nothing was sent. */
class GivenUpError extends ProductError {
  readonly code = 'givenUp';
  readonly retryable = false;
}

/**
 * Puts a provider's key on everything that is sent to it: text turns, voice, calls and lists of models.
 * A refused key is renewed, which all who were refused meanwhile share, and what was refused is sent
 * once more; a second refusal stands. No error that leaves here holds a secret.
 */
export class Authenticator {
  readonly #options: AuthenticatorOptions;

  constructor(options: AuthenticatorOptions) {
    this.#options = options;
  }

  /** Whether there is a key to send; rejects with an AuthError where there should be one. */
  async hasKey(): Promise<boolean> {
    return (await this.#options.credentials.credential()) !== undefined;
  }

  /** For what is sent with that purpose. Rejects with what `send` rejected with, else an AuthError. */
  for(purpose: CredentialPurpose): Authenticated {
    const { credentials, secrets, log, providerId } = this.#options;
    return async ({ send, isRefusal, signal }) => {
      const bearer = await unlessGivenUp(credentials.credential(purpose), signal);
      try {
        return await sending(send, bearer, secrets);
      } catch (refusal) {
        if (bearer === undefined || !isRefusal(refusal) || signal.aborted) throw refusal;
        const renewed = await unlessGivenUp(credentials.refreshAfter401(bearer), signal);
        if (renewed === undefined || renewed === bearer) throw refusal;
        log.debug({ provider: providerId }, 'key renewed after it was refused');
        return await sending(send, renewed, secrets);
      }
    };
  }
}

async function sending<Answer>(
  send: (key: Readonly<Record<string, string>>) => Promise<Answer>,
  bearer: string | undefined,
  secrets: Secrets,
): Promise<Answer> {
  if (bearer !== undefined) secrets.add(bearer);
  try {
    return await send(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` });
  } catch (error) {
    secrets.hideIn(error);
    throw error;
  }
}

/** A key can take a program's time to come; who has gone does not wait for it, and sends nothing. */
async function unlessGivenUp<Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value> {
  const { promise, reject } = Promise.withResolvers<never>();
  const stop = (): void => {
    reject(new GivenUpError('The request was given up while its key was being fetched'));
  };
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([promise, work]);
  } finally {
    signal.removeEventListener('abort', stop);
    // Nobody is left to hear of either.
    promise.catch(() => undefined);
    work.catch(() => undefined);
  }
}
