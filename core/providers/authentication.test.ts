import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';

import { describe, expect, test } from 'vitest';

import { ManualClock } from '../base/testing/index.ts';
import { loadConfig, resolveProvider } from '../config/index.ts';
import { greeting } from '../model/testing/index.ts';
import type { RunCommand } from '../platform/index.ts';
import { MemoryLogger } from '../platform/testing/index.ts';
import { Providers, type ThreadProvider } from './index.ts';
import { type RefusingServer, startRefusingServer } from './testing/index.ts';

type Bench = AsyncDisposable & {
  readonly server: RefusingServer;
  readonly program: KeyProgram;
  readonly log: MemoryLogger;
  readonly providers: Providers;
  readonly abort: AbortController;
  readonly thread: () => ThreadProvider;
  /** Asks for the list of models; rejects when it has not come. */
  readonly list: () => Promise<void>;
};

type Way = {
  readonly name: string;
  readonly supportsWebsockets?: true;
  readonly ask: (bench: Bench) => Promise<unknown>;
  /** Which of the keys it shows when none is accepted. */
  readonly shownInVain: readonly number[];
};

const call = {
  offerSdp: 'v=0\r\n',
  session: { type: 'realtime' as const },
  realtimeSessionId: 'session',
  onRetry: () => undefined,
};

async function askText({ thread, abort }: Bench): Promise<void> {
  const { text } = thread();
  const sampler = await text.sampler({ turnId: 'turn', startedAtMs: 0 });
  try {
    for await (const event of sampler.stream(greeting, { signal: abort.signal })) void event;
  } finally {
    await text.close();
  }
}

async function askVoice(
  { thread, abort }: Bench,
  target: { kind: 'model'; model: string } | { kind: 'call'; callId: string },
): Promise<void> {
  const { signal } = abort;
  const wire = await thread().connectVoice({ ...target, realtimeSessionId: 'session', signal });
  wire.close(1000, 'done');
}

const ways: readonly Way[] = [
  { name: 'a text turn by HTTP', ask: askText, shownInVain: [1, 2] },
  {
    name: 'a text turn by socket',
    supportsWebsockets: true,
    ask: askText,
    // The refused handshake leaves the word to HTTP, which has a renewal of its own.
    shownInVain: [1, 2, 2, 3],
  },
  {
    name: 'a voice socket',
    ask: async (bench) => askVoice(bench, { kind: 'model', model: 'voice' }),
    shownInVain: [1, 2],
  },
  {
    name: 'a call',
    ask: async ({ thread, abort: { signal } }) => thread().calls.create({ ...call, signal }),
    shownInVain: [1, 2],
  },
  {
    name: 'a sideband',
    ask: async (bench) => askVoice(bench, { kind: 'call', callId: 'rtc_1' }),
    shownInVain: [1, 2],
  },
];
/** A list that does not come costs nobody anything, so nobody is told why. */
const list: Way = {
  name: 'a list of models',
  ask: async ({ list: ask }) => ask(),
  shownInVain: [1, 2],
};

const key = (n: number): string => `secret-token-${n}`;
const keys = (numbers: readonly number[]): readonly string[] => numbers.map(key);

/** The program that prints a provider's keys, a new one with each run. */
class KeyProgram {
  runs = 0;
  /** Runs from this one on end with an error. */
  failsFrom = Infinity;
  /** Runs from this one on end when they are let go. */
  waitsFrom = Infinity;
  readonly #letGo = Promise.withResolvers<void>();

  letGo(): void {
    this.#letGo.resolve();
  }

  readonly run: RunCommand = async () => {
    this.runs += 1;
    const run = this.runs;
    if (run >= this.waitsFrom) await this.#letGo.promise;
    return run >= this.failsFrom
      ? { kind: 'exited', exitCode: 3, stdout: key(run) }
      : { kind: 'exited', exitCode: 0, stdout: key(run) };
  };
}

async function start({ supportsWebsockets }: Way): Promise<Bench> {
  const home = await mkdtemp(join(tmpdir(), 'parley-providers-'));
  const server = await startRefusingServer();
  const program = new KeyProgram();
  const log = new MemoryLogger();
  const providers = new Providers({
    home,
    env: {},
    clock: new ManualClock(),
    log,
    version: '1',
    runCommand: program.run,
  });
  const { config } = loadConfig({
    home,
    overrides: [
      'model_provider="mine"',
      `model_providers.mine={base_url="${server.baseUrl}",request_max_retries=0,stream_max_retries=0,supports_websockets=${supportsWebsockets === true},auth={command="key"}}`,
    ],
  });
  const provider = resolveProvider(config, {}, { hasApiKey: false });
  const abort = new AbortController();
  return {
    server,
    program,
    log,
    providers,
    abort,
    thread: () =>
      providers.forThread(provider, config, { threadId: 't', originator: 'o', userAgent: 'u' }),
    list: async () => {
      const { isTold } = await providers.catalogues.lookUp(provider);
      if (!isTold) throw new Error('no list');
    },
    async [Symbol.asyncDispose]() {
      await providers.close();
      await server[Symbol.asyncDispose]();
      await rm(home, { recursive: true, force: true });
    },
  };
}

/** What a failure and the log tell, to the last detail. */
const told = (bench: Bench, failure: unknown): string =>
  inspect([failure, bench.log.lines], { depth: 12, showHidden: true });

describe('a key that is refused', () => {
  test.for([...ways, list])('once, for $name, is renewed and nobody notices', async (way) => {
    await using bench = await start(way);
    bench.server.refuseNext(1);

    await way.ask(bench);

    expect(bench.server.keys).toEqual(keys([1, 2]));
    expect(bench.program.runs).toBe(2);
  });

  test.for([...ways, list])('and so its successor, for $name, is a failure', async (way) => {
    await using bench = await start(way);
    bench.server.refuseNext(Infinity);

    const failure: unknown = await way.ask(bench).catch((error: unknown) => error);

    expect(failure).toBeInstanceOf(Error);
    expect(bench.server.keys).toEqual(keys(way.shownInVain));
    expect(bench.program.runs).toBe(Math.max(...way.shownInVain));
    expect(told(bench, failure)).not.toContain('secret-token');
  });

  test.for(ways)('for $name, and cannot be renewed, is told in plain words', async (way) => {
    await using bench = await start(way);
    bench.program.failsFrom = 2;
    bench.server.refuseNext(1);

    const failure: unknown = await way.ask(bench).catch((error: unknown) => error);

    expect(failure).toMatchObject({ message: expect.stringContaining('exit code 3') });
    expect(bench.server.keys).toEqual(keys([1]));
    expect(told(bench, failure)).not.toContain('secret-token');
  });

  test.for(ways)('for $name is renewed once for all who wait for it', async (way) => {
    await using bench = await start(way);
    bench.program.waitsFrom = 2;
    bench.server.refuseNext(3);
    const asking = [way.ask(bench), way.ask(bench), way.ask(bench)];
    await bench.server.asked(3);
    bench.program.letGo();

    await Promise.all(asking);

    expect(bench.server.keys).toEqual(keys([1, 1, 1, 2, 2, 2]));
    expect(bench.program.runs).toBe(2);
  });

  test.for(ways)('for $name is not waited for by who has given up', async (way) => {
    await using bench = await start(way);
    bench.program.waitsFrom = 2;
    bench.server.refuseNext(1);
    const asking = way.ask(bench).catch((error: unknown) => error);
    await expect.poll(() => bench.program.runs).toBe(2);
    bench.abort.abort();

    expect(await asking).toBeInstanceOf(Error);
    bench.program.letGo();
    await way.ask({ ...bench, abort: new AbortController() });
    expect(bench.server.keys).toEqual(keys([1, 2]));
  });
});

test('a text turn, its voice and its call show one key, and a list of models the same', async () => {
  await using bench = await start(list);
  for (const way of [...ways, list]) await way.ask(bench);

  expect(new Set(bench.server.keys)).toEqual(new Set([key(1)]));
  expect(bench.program.runs).toBe(1);
});
