import type { WireId } from '../protocol/index.ts';
import type { Listener } from './subscriptions.ts';

/** A search whose answer is all there is of it, or one that says what it finds. */
export type SearchKind = 'plain' | 'streamed';

type Running = { readonly kind: SearchKind; readonly id: WireId; readonly stop: AbortController };

/** Searches that run, by the client that asked and the id that it gave its request. */
export class RunningSearches {
  readonly #of = new Map<Listener, Set<Running>>();

  async run<Value>(
    client: Listener,
    { kind, id }: Pick<Running, 'kind' | 'id'>,
    search: (signal: AbortSignal) => Promise<Value>,
  ): Promise<Value> {
    const running: Running = { kind, id, stop: new AbortController() };
    const searches = this.#of.get(client) ?? new Set();
    this.#of.set(client, searches.add(running));
    try {
      return await search(running.stop.signal);
    } finally {
      searches.delete(running);
      if (searches.size === 0) this.#of.delete(client);
    }
  }

  /** Ends what runs of that kind under an id; where a client has used that twice at a time, both. */
  cancel(client: Listener, kind: SearchKind, id: WireId): void {
    for (const running of this.#of.get(client) ?? []) {
      if (running.kind === kind && running.id === id) running.stop.abort();
    }
  }

  /** Ends all that a client was still waiting for. */
  leave(client: Listener): void {
    for (const { stop } of this.#of.get(client) ?? []) stop.abort();
  }
}
