import { randomBytes } from 'node:crypto';

import { AsyncLazy, type Clock } from '../base/index.ts';
import type { Address } from './address.ts';

/** A server of our own on loopback while it runs. */
export type RunningServer = {
  readonly url: URL;
  /** The key that only this engine knows, so that nobody else on the machine can use it. */
  readonly apiKey: string;
  close(): Promise<void>;
};

export const newApiKey = (): string => randomBytes(24).toString('base64url');

/** Starts the built-in provider, which is loaded only now. */
export async function startPractice(clock: Clock): Promise<RunningServer> {
  const { startPracticeServer } = await import('../practice/index.ts');
  const apiKey = newApiKey();
  const server = await startPracticeServer({ clock, apiKey });
  return { url: server.url, apiKey, close: async () => server.close() };
}

/** A server of our own: one for all, started by the first who needs it. */
export class BuiltInServer {
  readonly #server: AsyncLazy<RunningServer>;

  constructor(start: () => Promise<RunningServer>) {
    this.#server = new AsyncLazy(start);
  }

  /** Where it runs; a start that failed is tried again by whoever needs it next. */
  async address(): Promise<Address> {
    const { url, apiKey } = await this.#server.get();
    return { baseUrl: url.href, headers: { authorization: `Bearer ${apiKey}` }, queryParams: {} };
  }

  async close(): Promise<void> {
    const server = await this.#server.made();
    await server?.close();
  }
}
