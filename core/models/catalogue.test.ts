import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { ManualClock } from '../base/testing/index.ts';
import { type Authenticated, createNodeHttp } from '../model/index.ts';
import { neverKeyed, withKey } from '../model/testing/index.ts';
import { type ModelServer, type ModelsReply, startModelServer } from '../testing/index.ts';
import { ModelsCacheFile } from './cacheFile.ts';
import { ModelCatalogue } from './catalogue.ts';

type Bench = AsyncDisposable & {
  readonly server: ModelServer;
  readonly catalogue: ModelCatalogue;
  readonly clock: ManualClock;
  readonly cache: ModelsCacheFile;
};

const listing = (slug: string, etag: string): ModelsReply => ({
  status: 200,
  headers: { etag },
  body: { models: [{ slug }] },
});

async function startBench(
  reply: (n: number) => ModelsReply,
  authenticated: Authenticated = withKey('made-up'),
): Promise<Bench> {
  const home = await mkdtemp(join(tmpdir(), 'parley-models-'));
  const server = await startModelServer(reply);
  const clock = new ManualClock();
  const http = createNodeHttp({ clock });
  const cache = new ModelsCacheFile(home);
  const catalogue = new ModelCatalogue({
    providerId: 'mine',
    providerKind: 'custom',
    baseUrl: server.baseUrl,
    endpoint: { baseUrl: server.baseUrl, headers: {}, queryParams: {}, authenticated },
    isAskedUnbidden: true,
    http,
    clock,
    cache,
    clientVersion: '1',
    log: { debug: () => undefined },
  });
  return {
    server,
    catalogue,
    clock,
    cache,
    async [Symbol.asyncDispose]() {
      catalogue.close();
      http.close();
      await cache.settled();
      await server[Symbol.asyncDispose]();
      await rm(home, { recursive: true, force: true });
    },
  };
}

const has = (catalogue: ModelCatalogue, slug: string): boolean =>
  catalogue.entries.some((entry) => entry.slug === slug);

test('all who ask at the same time share one question', async () => {
  await using bench = await startBench(() => listing('a', '1'));
  const { catalogue, server } = bench;
  await Promise.all([catalogue.refresh(0), catalogue.refresh(0), catalogue.refresh(0)]);
  expect(server.questions).toHaveLength(1);
  expect(has(catalogue, 'a')).toBe(true);
});

test('a list is asked for again when it is older than whoever asks can use', async () => {
  await using bench = await startBench((n) => listing(`list-${n}`, String(n)));
  const { catalogue, server, clock } = bench;
  await catalogue.refresh(1000);
  clock.advance(1000);
  await catalogue.refresh(1000);
  expect(server.questions).toHaveLength(1);
  clock.advance(1);
  await catalogue.refresh(1000);
  expect(has(catalogue, 'list-2')).toBe(true);
});

test('a tag that is named while a question is under way is asked for behind it', async () => {
  await using bench = await startBench((n) => listing(`list-${n}`, `"${n}"`));
  const { catalogue, server } = bench;
  const first = catalogue.refresh(0);
  catalogue.noticeEtag('"2"');
  catalogue.noticeEtag('"2"');
  await first;
  await server.question(2);
  await catalogue.refresh(60_000);
  expect(has(catalogue, 'list-2')).toBe(true);
  expect(server.questions).toHaveLength(2);
});

test('a server that never answers is waited for 5 s, and asked again by the next', async () => {
  await using bench = await startBench((n) => (n === 1 ? 'hang' : listing('a', '1')));
  const { catalogue, server, clock } = bench;
  const waiting = catalogue.refresh(0);
  await server.question(1);
  clock.advance(5000);
  await waiting;
  expect(has(catalogue, 'a')).toBe(false);
  await catalogue.refresh(0);
  expect(has(catalogue, 'a')).toBe(true);
});

test('a token that never comes counts into the same 5 s, and nothing is sent', async () => {
  const { promise: asked, resolve: onAsked } = Promise.withResolvers<void>();
  await using bench = await startBench(
    () => listing('a', '1'),
    async (request) => {
      onAsked();
      return neverKeyed(request);
    },
  );
  const waiting = bench.catalogue.refresh(0);
  await asked;
  bench.clock.advance(5000);
  await waiting;
  expect(bench.server.questions).toHaveLength(0);
});

test('after its end nobody is asked, and closing twice is harmless', async () => {
  await using bench = await startBench(() => listing('a', '1'));
  bench.catalogue.close();
  bench.catalogue.close();
  await bench.catalogue.refresh(0);
  bench.catalogue.noticeEtag('"9"');
  expect(bench.server.questions).toHaveLength(0);
});

test('an end while a question is under way frees whoever waits, and keeps nothing', async () => {
  await using bench = await startBench(() => 'hang');
  const waiting = bench.catalogue.refresh(0);
  await bench.server.question(1);
  bench.catalogue.close();
  await waiting;
  expect(await bench.cache.read('mine')).toBeUndefined();
});

test('providers keep their lists side by side, also when they write at once', async () => {
  await using bench = await startBench(() => listing('a', '1'));
  const kept = { fetched_at_ms: 1, etag: null, client_version: '1', base_url: 'x', body: {} };
  const ids = ['a', 'b', 'c', 'd'];
  await Promise.all(ids.map(async (id) => bench.cache.write(id, kept)));
  for (const id of ids) expect(await bench.cache.read(id)).toEqual(kept);
});
