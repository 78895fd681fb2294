import type { Client } from '../../subscriptions.ts';

/** Tells each client each sentence once, however often it asks. */
export class DeprecationNotices {
  readonly #told = new WeakMap<Client, Set<string>>();

  tell(client: Client, sentences: readonly string[]): void {
    const told = this.#told.get(client) ?? new Set();
    this.#told.set(client, told);
    for (const summary of sentences) {
      if (told.has(summary)) continue;
      told.add(summary);
      client.notify('deprecationNotice', { summary, details: null });
    }
  }
}
