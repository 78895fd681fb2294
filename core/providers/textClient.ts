import type { ResolvedProvider } from '../config/index.ts';
import type { ModelClient, ModelRequest } from '../model/index.ts';
import type { Sampler, ThreadPorts } from '../threads/index.ts';

/** The text turns of one thread: a client made when it is needed, and made anew after that failed. */
export class TextClient {
  readonly #provider: ResolvedProvider;
  readonly #make: () => Promise<ModelClient>;
  #client: Promise<ModelClient> | undefined;

  constructor(provider: ResolvedProvider, make: () => Promise<ModelClient>) {
    this.#provider = provider;
    this.#make = make;
  }

  readonly sampler: ThreadPorts['sampler'] = async (turn): Promise<Sampler> => {
    const client = await this.#get();
    return client.startTurn(turn);
  };

  /** Opens what the first turn will need, where there is such a thing; what fails is told by that turn. */
  async connectAhead(request: ModelRequest): Promise<void> {
    if (!this.#usesSockets(request)) return;
    try {
      const client = await this.#get();
      client.connectAhead(request);
    } catch {
      // The first turn tries again, and then there is somebody to tell.
    }
  }

  /** Ends its connections to the provider. */
  async close(): Promise<void> {
    const client = await this.#client?.catch(() => undefined);
    client?.close();
  }

  #usesSockets(request: ModelRequest): boolean {
    if (this.#provider.kind === 'practice') return false;
    return this.#provider.supportsWebsockets || request.preferWebsockets === true;
  }

  async #get(): Promise<ModelClient> {
    const making = (this.#client ??= this.#make());
    try {
      return await making;
    } catch (error) {
      // The next turn tries afresh: a practice server or a key may be there by then.
      if (this.#client === making) this.#client = undefined;
      throw error;
    }
  }
}
