import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import * as z from 'zod';

import { writeFileAtomic } from '../platform/index.ts';

/** A provider's answer as it was kept; `body` is the answer itself, read again when it is used. */
const CachedModels = z.object({
  fetched_at_ms: z.number(),
  etag: z.string().nullable(),
  client_version: z.string(),
  base_url: z.string(),
  body: z.unknown(),
});
export type CachedModels = z.infer<typeof CachedModels>;

const CacheFile = z.object({ providers: z.record(z.string(), z.unknown()) });

/**
 * `models_cache.json` of the home folder: the latest answer of each provider. What cannot be read is
 * as good as nothing, since all of it can be asked for again.
 */
export class ModelsCacheFile {
  readonly #path: string;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(home: string) {
    this.#path = join(home, 'models_cache.json');
  }

  async read(providerId: string): Promise<CachedModels | undefined> {
    const parsed = CachedModels.safeParse((await this.#readAll())[providerId]);
    return parsed.success ? parsed.data : undefined;
  }

  /** One write after the other, so that none loses what another provider's wrote. */
  async write(providerId: string, models: CachedModels): Promise<void> {
    const before = this.#queue;
    const writing = this.#writeAfter(before, providerId, models);
    this.#queue = writing.catch(() => undefined);
    return writing;
  }

  /** Resolves when what was begun is written, or could not be. */
  async settled(): Promise<void> {
    await this.#queue;
  }

  async #writeAfter(
    before: Promise<unknown>,
    providerId: string,
    models: CachedModels,
  ): Promise<void> {
    await before;
    const providers = { ...(await this.#readAll()), [providerId]: models };
    await writeFileAtomic(this.#path, `${JSON.stringify({ providers })}\n`);
  }

  async #readAll(): Promise<Readonly<Record<string, unknown>>> {
    try {
      const parsed = CacheFile.safeParse(JSON.parse(await readFile(this.#path, 'utf8')));
      return parsed.success ? parsed.data.providers : {};
    } catch {
      return {};
    }
  }
}
