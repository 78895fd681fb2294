import type { Clock } from '../base/index.ts';
import type { ResolvedProvider } from '../config/index.ts';
import type { HttpPort } from '../model/index.ts';
import { ModelCatalogue, ModelsCacheFile, type ModelsEndpoint } from '../models/index.ts';
import type { Logger } from '../platform/index.ts';

export type CataloguesOptions = {
  readonly home: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly version: string;
  readonly http: HttpPort;
  readonly endpointOf: (provider: ResolvedProvider) => ModelsEndpoint;
};

/** A list this old is asked for again when a thread is opened. */
const THREAD_MAX_AGE_MS = 5 * 60_000;
/** A person who looks at the list may have added a model a moment ago. */
const LIST_MAX_AGE_MS = 5000;
/** How long a list that is known from before waits to be brought up to date. */
const LIST_PATIENCE_MS = 1000;

/** The models of every provider that is in use, shared by all threads. */
export class Catalogues {
  readonly #options: CataloguesOptions;
  readonly #cache: ModelsCacheFile;
  readonly #catalogues = new Map<string, ModelCatalogue>();

  constructor(options: CataloguesOptions) {
    this.#options = options;
    this.#cache = new ModelsCacheFile(options.home);
  }

  of(provider: ResolvedProvider): ModelCatalogue {
    const baseUrl = provider.kind === 'practice' ? '' : provider.baseUrl;
    // Asked elsewhere, or as somebody else, it may have other models.
    const key = JSON.stringify(provider);
    const known = this.#catalogues.get(key);
    if (known !== undefined) return known;
    const { clock, log, version, http, endpointOf } = this.#options;
    const catalogue = new ModelCatalogue({
      providerId: provider.id,
      providerKind: provider.kind,
      baseUrl,
      endpoint: endpointOf(provider),
      isAskedUnbidden: isAskedUnbidden(provider),
      http,
      clock,
      cache: this.#cache,
      clientVersion: version,
      log,
    });
    this.#catalogues.set(key, catalogue);
    return catalogue;
  }

  /**
   * For a thread that is being opened: what an earlier run kept is there when it resolves, and a
   * provider that wants to be asked is asked behind its back.
   */
  async prepare(provider: ResolvedProvider): Promise<ModelCatalogue> {
    const catalogue = this.of(provider);
    await catalogue.restore();
    if (isAskedUnbidden(provider)) void catalogue.refresh(THREAD_MAX_AGE_MS);
    return catalogue;
  }

  /**
   * For a person who wants to see the models: any provider is asked, since looking is what they do. A
   * list known from before is waited for a second, one that nobody knows 5 s at most.
   */
  async lookUp(provider: ResolvedProvider): Promise<ModelCatalogue> {
    const catalogue = this.of(provider);
    await catalogue.restore();
    const refreshed = catalogue.refresh(LIST_MAX_AGE_MS);
    if (!catalogue.isTold) {
      await refreshed;
      return catalogue;
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = this.#options.clock.after(LIST_PATIENCE_MS, resolve);
    await Promise.race([refreshed, promise]);
    timer.cancel();
    return catalogue;
  }

  async close(): Promise<void> {
    for (const catalogue of this.#catalogues.values()) catalogue.close();
    await this.#cache.settled();
  }
}

/**
 * Whether a provider is asked for its models without anybody looking (responses §10): where a command
 * or the OpenAI account gives the token. Other servers hear of us with the first turn.
 */
function isAskedUnbidden(provider: ResolvedProvider): boolean {
  if (provider.kind === 'practice') return false;
  const { kind } = provider.credential;
  return kind === 'command' || kind === 'account';
}
