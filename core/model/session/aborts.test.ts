import { describe, expect, test } from 'vitest';

import { ModelAbortedError, type ModelProvider } from '../index.ts';
import {
  type Bench,
  greeting,
  halfAnswer,
  messageAnswer,
  neverKeyed,
  openItems,
  type Sampling,
  startBench,
  type UpstreamStep,
} from '../testing/index.ts';

const answer = messageAnswer('hello there');
const half = { events: halfAnswer() };

describe('an abort', () => {
  const stages: readonly {
    name: string;
    script: UpstreamStep[];
    changes?: Partial<ModelProvider>;
    readonly reached: (bench: Bench, sampling: Sampling) => Promise<void>;
  }[] = [
    {
      name: 'before anything was sent',
      script: [{ events: answer }],
      reached: async () => undefined,
    },
    {
      name: 'while the key is being fetched',
      script: [{ events: answer }],
      changes: { authenticated: neverKeyed },
      reached: async () => undefined,
    },
    {
      name: 'before the response headers',
      script: [{ stall: true }],
      reached: async (bench) => {
        await bench.upstream.request(1);
      },
    },
    {
      name: 'in the middle of the stream',
      script: [half, { stall: true }],
      reached: async (_bench, sampling) => {
        await expect.poll(() => sampling.text()).toBe('hello ');
      },
    },
    {
      name: 'in the middle of an error body',
      script: [{ head: { status: 500 } }, { bytes: 'oh' }, { stall: true }],
      reached: async (bench) => {
        await bench.upstream.request(1);
      },
    },
    {
      name: 'while it waits to try again',
      script: [{ head: { status: 503 } }],
      reached: async (_bench, sampling) => {
        await expect.poll(() => sampling.notices).toHaveLength(1);
      },
    },
  ];

  test.for(stages)('$name ends the sampling at once', async ({ script, changes, reached }) => {
    await using bench = await startBench([script], changes);
    const sampling = bench.sample();
    await reached(bench, sampling);
    sampling.abort.abort();

    expect(await sampling.ended).toBeInstanceOf(ModelAbortedError);
    expect(openItems(sampling)).toEqual([]);
    expect(bench.clock.pending).toBe(0);
    await bench.upstream.requests[0]?.closed;
  });

  test('closing the client ends what is under way, and closing twice is harmless', async () => {
    await using bench = await startBench([[half, { stall: true }]]);
    const sampling = bench.sample();
    await expect.poll(() => sampling.text()).toBe('hello ');
    bench.client.close();
    bench.client.close();

    expect(await sampling.ended).toBeInstanceOf(ModelAbortedError);
    expect(openItems(sampling)).toEqual([]);
  });

  test('leaving the loop closes the connection', async () => {
    await using bench = await startBench([[half, { stall: true }]]);
    const session = bench.client.startTurn({ turnId: 'turn-1', startedAtMs: 0 });
    const { signal } = new AbortController();
    for await (const event of session.stream(greeting, { signal })) {
      if (event.type === 'textDelta') break;
    }

    await (
      await bench.upstream.request(1)
    ).closed;
    expect(bench.clock.pending).toBe(0);
  });
});
