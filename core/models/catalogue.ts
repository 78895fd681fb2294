import type { Clock } from '../base/index.ts';
import type { HttpPort } from '../model/index.ts';
import { mergeModels, type ModelsAnswer, readModelsAnswer } from './answer.ts';
import { builtinModels } from './builtin.ts';
import type { ModelsCacheFile } from './cacheFile.ts';
import { type CatalogueEntry, type ConfiguredSizes, modelFacts, type ModelFacts } from './entry.ts';
import { fetchModels, type ModelsEndpoint } from './fetchModels.ts';
import { type Retirement, retirementOf } from './retirement.ts';

export type CatalogueOptions = {
  readonly providerId: string;
  readonly providerKind: 'practice' | 'openai' | 'custom';
  readonly baseUrl: string;
  readonly endpoint: ModelsEndpoint;
  /** Whether it is asked without anybody looking; others only once somebody has looked. */
  readonly isAskedUnbidden: boolean;
  readonly http: HttpPort;
  readonly clock: Clock;
  readonly cache: ModelsCacheFile;
  readonly clientVersion: string;
  readonly log: { debug(fields: object, message: string): void };
};

/**
 * The models of one provider: the built-in ones, laid over by what the provider said, now or in an
 * earlier run. Nobody waits for it unless they ask to, and a provider that does not answer costs
 * nothing but its own descriptions.
 */
export class ModelCatalogue {
  readonly #options: CatalogueOptions;
  readonly #closed = new AbortController();
  #answer: ModelsAnswer | undefined;
  #etag: string | null = null;
  /** When the list was last known to be right; undefined before the first time. */
  #fetchedAtMs: number | undefined;
  #asking: Promise<void> | undefined;
  #restored: Promise<void> | undefined;
  /** Tags a refetch was made for; the provider may go on naming them (responses §19.19). */
  readonly #askedFor = new Set<string>();

  constructor(options: CatalogueOptions) {
    this.#options = options;
  }

  /** All models known now, the best first, those not on offer included. */
  get entries(): readonly CatalogueEntry[] {
    const { providerKind } = this.#options;
    return mergeModels(builtinModels(providerKind), this.#answer, providerKind);
  }

  /** True once the provider has told its models, in this run or an earlier one. */
  get isTold(): boolean {
    return this.#answer !== undefined;
  }

  facts(slug: string, configured: ConfiguredSizes): ModelFacts {
    const entry =
      this.entries.find((known) => known.slug === slug) ??
      builtinModels(this.#options.providerKind).find((known) => known.slug === slug);
    return modelFacts(slug, entry, configured, {
      isAsking: this.#asking !== undefined,
      retirement: this.retirement(slug),
    });
  }

  get providerKind(): CatalogueOptions['providerKind'] {
    return this.#options.providerKind;
  }

  /** When a model of this provider ends, one for the voice included; undefined where no end is known. */
  retirement(slug: string): Retirement | undefined {
    return retirementOf(slug, this.entries, this.#options.providerKind);
  }

  /**
   * Asks the provider unless the list is at most this old. Resolves when the list is as new as it gets,
   * after some 5 s at the latest; never rejects. Everybody who asks meanwhile shares the request.
   */
  async refresh(maxAgeMs: number): Promise<void> {
    if (this.#options.providerKind === 'practice' || this.#closed.signal.aborted) return;
    await this.restore();
    const ageMs = this.#options.clock.nowMs() - (this.#fetchedAtMs ?? -Infinity);
    if (this.#asking === undefined && ageMs >= 0 && ageMs <= maxAgeMs) return;
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = undefined;
    });
    await this.#asking;
  }

  /** Reads what an earlier run kept; never rejects. */
  async restore(): Promise<void> {
    this.#restored ??= this.#restore();
    await this.#restored;
  }

  /** The provider named its list: another tag than ours is asked for once, in the background. */
  noticeEtag(etag: string): void {
    if (!this.isTold && !this.#options.isAskedUnbidden) return;
    if (etag === this.#etag || this.#askedFor.has(etag)) return;
    this.#askedFor.add(etag);
    void this.#renew(etag);
  }

  async #renew(etag: string): Promise<void> {
    await this.restore();
    // A request under way may have been answered before the change.
    await this.#asking;
    if (etag !== this.#etag) await this.refresh(-1);
  }

  close(): void {
    this.#closed.abort();
  }

  async #restore(): Promise<void> {
    const { cache, providerId, baseUrl, clientVersion } = this.#options;
    const kept = await cache.read(providerId);
    if (kept?.base_url !== baseUrl || kept.client_version !== clientVersion) return;
    const answer = readModelsAnswer(kept.body);
    if (answer === undefined || this.#answer !== undefined) return;
    this.#answer = answer;
    this.#etag = kept.etag;
    this.#fetchedAtMs = kept.fetched_at_ms;
  }

  async #ask(): Promise<void> {
    const { endpoint, http, clock, clientVersion, log, providerId } = this.#options;
    const { signal } = this.#closed;
    const fetched = await fetchModels(endpoint, { http, clock, clientVersion, signal }, this.#etag);
    if (signal.aborted) return;
    if (fetched.kind === 'failed') {
      log.debug({ provider: providerId, reason: fetched.reason }, 'The models could not be listed');
      return;
    }
    if (fetched.kind === 'list') {
      const answer = readModelsAnswer(fetched.body);
      if (answer === undefined) {
        log.debug({ provider: providerId }, 'The list of models was not understood');
        return;
      }
      this.#answer = answer;
      this.#etag = fetched.etag;
      await this.#keep(fetched.body);
    }
    this.#fetchedAtMs = clock.nowMs();
  }

  async #keep(body: unknown): Promise<void> {
    const { cache, providerId, baseUrl, clientVersion, clock, log } = this.#options;
    try {
      await cache.write(providerId, {
        fetched_at_ms: clock.nowMs(),
        etag: this.#etag,
        client_version: clientVersion,
        base_url: baseUrl,
        body,
      });
    } catch (error) {
      log.debug({ cause: String(error) }, 'The list of models could not be kept');
    }
  }
}
