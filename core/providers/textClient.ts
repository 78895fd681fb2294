import { AsyncLazy } from '../base/index.ts';
import type { ResolvedProvider } from '../config/index.ts';
import type { ModelClient, ModelRequest, TraceContext } from '../model/index.ts';
import { dialectOf } from './textProvider.ts';
import type { Sampler, ThreadPorts } from '../threads/index.ts';

/** The text turns of one thread: a client made when it is needed, and made anew after that failed. */
export class TextClient {
  readonly #provider: ResolvedProvider;
  readonly #client: AsyncLazy<ModelClient>;

  constructor(provider: ResolvedProvider, make: () => Promise<ModelClient>) {
    this.#provider = provider;
    this.#client = new AsyncLazy(make);
  }

  /** Whether its models take tools that they write free text to, and pictures that tools show them. */
  get takesFreeText(): boolean {
    return dialectOf(this.#provider) === 'standard';
  }

  readonly sampler: ThreadPorts['sampler'] = async (turn): Promise<Sampler> => {
    const client = await this.#client.get();
    return client.startTurn(turn);
  };

  /**
   * Gets ready what the first turn will need, a connection included where it is one that is kept open; what
   * fails is told by that turn. The built-in provider begins with the first turn.
   */
  async prepare(request: ModelRequest, trace?: TraceContext): Promise<void> {
    const provider = this.#provider;
    if (provider.kind === 'practice') return;
    const usesSockets = provider.supportsWebsockets || request.preferWebsockets === true;
    try {
      const client = await this.#client.get();
      if (usesSockets) client.connectAhead(request, trace);
    } catch {
      // The first turn tries again, and then there is somebody to tell.
    }
  }

  /** Ends its connections to the provider. */
  async close(): Promise<void> {
    const client = await this.#client.made();
    client?.close();
  }
}
