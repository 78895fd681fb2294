import { join } from 'node:path';

import { assertNever, type Clock } from '../base/index.ts';
import type { CredentialSource, RemoteProvider, ResolvedProvider } from '../config/index.ts';
import type { RunCommand } from '../platform/index.ts';
import { CommandToken } from './commandToken.ts';
import { AuthError } from './errors.ts';
import { readStoredAuth, type StoredAuth } from './storedKey.ts';

/** What a credential is wanted for; the two differ in whether a stored key may stand in. */
export type CredentialPurpose = 'responses' | 'realtime';

/**
 * The bearer of one provider's requests. All failures are AuthError with a sentence for a person;
 * a request whose credential failed must not be sent.
 */
export interface Credentials {
  /**
   * The bearer to send, or undefined when the provider takes requests without one. For `realtime`
   * the order is realtime-v2 §3.2.
   */
  credential(purpose?: CredentialPurpose): Promise<string | undefined>;
  /**
   * A bearer to repeat a request with after a 401, once; undefined when a new one cannot be had.
   * `refused` is the bearer that was answered with 401: when it has been replaced since, the
   * replacement is given without fetching again.
   */
  refreshAfter401(refused: string): Promise<string | undefined>;
}

export type CredentialPorts = {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly run: RunCommand;
  /** Told once that the stored key is readable by others. */
  readonly onWarning?: (message: string) => void;
};

/** Makes the one credential manager of a provider; keep it, since it holds the tokens it fetched. */
export function createCredentials(provider: ResolvedProvider, ports: CredentialPorts): Credentials {
  return provider.kind === 'practice'
    ? { credential: async () => undefined, refreshAfter401: async () => undefined }
    : new ProviderCredentials(provider, ports);
}

class ProviderCredentials implements Credentials {
  readonly #provider: RemoteProvider & { readonly kind: 'openai' | 'custom' };
  readonly #ports: CredentialPorts;
  readonly #command: CommandToken | undefined;
  #hasWarned = false;

  constructor(
    provider: RemoteProvider & { readonly kind: 'openai' | 'custom' },
    ports: CredentialPorts,
  ) {
    this.#provider = provider;
    this.#ports = ports;
    const source = provider.credential;
    this.#command = source.kind === 'command' ? new CommandToken(source.auth, ports) : undefined;
  }

  async credential(purpose: CredentialPurpose = 'responses'): Promise<string | undefined> {
    const source = this.#provider.credential;
    switch (source.kind) {
      case 'command':
        return this.#command?.current();
      case 'environment':
        return this.#fromEnvironment(source);
      case 'literal':
        return source.token;
      case 'account':
        return this.#fromAccount();
      case 'none':
        return purpose === 'realtime' ? (await this.#stored()).apiKey : undefined;
      default:
        return assertNever(source, 'credential source');
    }
  }

  async refreshAfter401(refused: string): Promise<string | undefined> {
    return this.#command?.replacementFor(refused);
  }

  #fromEnvironment(source: Extract<CredentialSource, { kind: 'environment' }>): string {
    const value = this.#ports.env[source.variable]?.trim() ?? '';
    if (value !== '') return value;
    const instructions = source.instructions === undefined ? '' : ` ${source.instructions}`;
    throw new AuthError(
      'credentialMissing',
      `The environment variable ${source.variable} is not set; provider ` +
        `${this.#provider.name} takes its key from it.${instructions}`,
    );
  }

  async #stored(): Promise<StoredAuth> {
    const stored = await readStoredAuth(this.#ports.home);
    if (stored.warning !== undefined && !this.#hasWarned) {
      this.#hasWarned = true;
      this.#ports.onWarning?.(stored.warning);
    }
    return stored;
  }

  async #fromAccount(): Promise<string | undefined> {
    const stored = await this.#stored();
    if (stored.apiKey !== undefined) return stored.apiKey;
    const key = this.#provider.kind === 'openai' ? this.#ports.env['OPENAI_API_KEY']?.trim() : '';
    if (key !== undefined && key !== '') return key;
    if (stored.hasAccount) {
      // Whoever signed in means to be known: going without would be another request than that.
      throw new AuthError('credentialMissing', this.#accountMessage());
    }
    if (this.#mayGoWithout()) return undefined;
    throw new AuthError('credentialMissing', this.#missingMessage());
  }

  /** A server of the person's own choice at `openai_base_url` may well take requests without a key. */
  #mayGoWithout(): boolean {
    return this.#provider.kind === 'openai' && this.#provider.hasOwnBaseUrl;
  }

  #accountMessage(): string {
    const path = join(this.#ports.home, 'auth.json');
    return `The sign-in with an account in ${path} cannot be used here. ${this.#missingMessage()}`;
  }

  #missingMessage(): string {
    return this.#provider.kind === 'openai'
      ? 'There is no OpenAI key; set the environment variable OPENAI_API_KEY.'
      : `There is no key for provider ${this.#provider.name}; set env_key or ` +
          `experimental_bearer_token in model_providers.${this.#provider.id}.`;
  }
}
