import { setImmediate } from 'node:timers/promises';

import { expect, test } from 'vitest';

import { ManualClock } from '../base/testing/index.ts';
import type { NewItem, ShownItem, Tool, ToolCall, ToolContext } from './contract.ts';
import { ToolList } from './registry.ts';
import { runCalls, STOP_DEADLINE_MS } from './runner.ts';

type Run = (input: string, context: ToolContext) => ReturnType<Tool['run']>;

const tool = (name: string, run: Run, concurrency: Tool['concurrency'] = 'parallel'): Tool => ({
  spec: { type: 'custom', name, description: 'A tool of a test.' },
  concurrency,
  run: async (input, context) => run(input, context),
});
const call = (name: string, callId = name): ToolCall => ({
  callId,
  kind: 'custom',
  name,
  input: `for ${name}`,
});

/** A tool that ends when the test says so, and what has begun. */
function gated(begun: string[]) {
  const gates = new Map<string, PromiseWithResolvers<string>>();
  const gateOf = (name: string): PromiseWithResolvers<string> => {
    const gate = gates.get(name) ?? Promise.withResolvers<string>();
    gates.set(name, gate);
    return gate;
  };
  return {
    tool: (name: string, concurrency?: Tool['concurrency']) =>
      tool(
        name,
        async () => {
          begun.push(name);
          return gateOf(name).promise;
        },
        concurrency,
      ),
    end: async (name: string) => {
      gateOf(name).resolve(`${name} is done`);
      await setImmediate();
    },
  };
}

function bench(tools: readonly Tool[], isParallel = true) {
  const stop = new AbortController();
  const clock = new ManualClock();
  const shown: string[] = [];
  const open = new Set<string>();
  const missing: string[] = [];
  const run = async (...calls: ToolCall[]) =>
    runCalls(new ToolList(tools), calls, {
      clock,
      turn: { stopped: stop.signal, over: new AbortController().signal },
      permissions: () => ({ files: { kind: 'unrestricted' }, network: 'enabled' }),
      grant: () => undefined,
      approvalPolicy: 'never',
      fileChanges: { made: async () => undefined },
      isParallel,
      environment: undefined,
      items: {
        isOpen: (id) => open.has(id),
        start: ({ id, type }) => {
          open.add(id);
          shown.push(`start ${type} ${id}`);
        },
        delta: (method, id, fields) => shown.push(`${method} ${id} ${JSON.stringify(fields)}`),
        complete: (item) => {
          open.delete(item.id);
          shown.push(`complete ${item.id} ${JSON.stringify(item)}`);
        },
      },
      showPlan: (explanation) => shown.push(`plan ${String(explanation)}`),
      interactionsOf: () => ({
        ask: refused,
        callClient: refused,
        requestApproval: refused,
      }),
      onMissing: (name) => missing.push(name),
    });
  return { run, stop, clock, shown, open, missing };
}

const reasoning = (id: string, ...summary: string[]): NewItem => ({
  type: 'reasoning',
  id,
  summary,
  content: [],
});
const refused = async () =>
  ({ type: 'refused', because: 'nobody', by: undefined, words: undefined }) as const;

test('parallel tools run together, and their outputs keep the order of the calls', async () => {
  const begun: string[] = [];
  const gates = gated(begun);
  const { run } = bench([gates.tool('a'), gates.tool('b')]);
  const outputs = run(call('a'), call('b'));
  await setImmediate();

  expect(begun).toEqual(['a', 'b']);
  await gates.end('b');
  await gates.end('a');
  expect(await outputs).toEqual(['a is done', 'b is done']);
});

test('a serial tool waits for those called before it, and those after it wait for it', async () => {
  const begun: string[] = [];
  const gates = gated(begun);
  const names = ['a', 'b', 'c', 'd'];
  const { run } = bench(
    names.map((name) => gates.tool(name, name === 'c' ? 'serial' : 'parallel')),
  );
  const outputs = run(...names.map((name) => call(name)));
  await setImmediate();

  expect(begun).toEqual(['a', 'b']);
  await gates.end('b');
  expect(begun).toEqual(['a', 'b']);
  await gates.end('a');
  expect(begun).toEqual(['a', 'b', 'c']);
  await gates.end('c');
  expect(begun).toEqual(names);
  await gates.end('d');
  expect(await outputs).toEqual(names.map((name) => `${name} is done`));
});

test('a model that was told to call one at a time has its calls run one at a time', async () => {
  const begun: string[] = [];
  const gates = gated(begun);
  const { run } = bench([gates.tool('a'), gates.tool('b')], false);
  const outputs = run(call('a'), call('b'));
  await setImmediate();

  expect(begun).toEqual(['a']);
  await gates.end('a');
  expect(begun).toEqual(['a', 'b']);
  await gates.end('b');
  expect(await outputs).toHaveLength(2);
});

test('text and pictures go to the model as the tool returns them', async () => {
  const parts = [
    { type: 'input_text' as const, text: 'Look:' },
    { type: 'input_image' as const, image_url: 'data:image/png;base64,AA==' },
  ];
  const { run } = bench([tool('look', async () => parts), tool('echo', async (input) => input)]);

  expect(await run(call('look'), call('echo'))).toEqual([parts, 'for echo']);
});

test('what goes wrong becomes the output of its call, and the others are none the worse', async () => {
  const broken = tool('broken', async () => {
    throw new Error('no such file');
  });
  const { run, missing } = bench([broken, tool('fine', async () => 'fine')]);
  const spaced: ToolCall = { ...call('fine', 'c3'), namespace: 'other' };

  expect(await run(call('broken'), call('gone'), spaced, call('fine'))).toEqual([
    'broken failed: no such file',
    'There is no tool named gone. Available: broken, fine.',
    'There is no tool named other.fine. Available: broken, fine.',
    'fine',
  ]);
  expect(missing).toEqual(['gone', 'other.fine']);
});

test('a tool shows an item with its pieces and its end', async () => {
  const { run, shown } = bench([
    tool('think', async (_input, context) => {
      const item = context.startItem(reasoning('i1'));
      item.delta('item/reasoning/summaryTextDelta', { delta: 'hm', summaryIndex: 0 });
      item.complete(reasoning('i1', 'hm'));
      item.complete(reasoning('i1', 'again'));
      item.delta('item/reasoning/summaryTextDelta', { delta: 'late', summaryIndex: 0 });
      return '';
    }),
  ]);
  await run(call('think'));

  expect(shown).toEqual([
    'start reasoning i1',
    'item/reasoning/summaryTextDelta i1 {"delta":"hm","summaryIndex":0}',
    `complete i1 ${JSON.stringify(reasoning('i1', 'hm'))}`,
  ]);
});

test.for<{ name: string; run: Run }>([
  {
    name: 'forgets',
    run: async () => '',
  },
  {
    name: 'throws',
    run: async () => {
      throw new Error('broken');
    },
  },
])('a tool that $name has its open item completed as it said', async ({ run: rest }) => {
  const { run, shown } = bench([
    tool('think', async (input, context) => {
      context.startItem(reasoning('i1'), reasoning('i1', 'unfinished'));
      return rest(input, context);
    }),
  ]);
  await run(call('think'));

  expect(shown).toEqual([
    'start reasoning i1',
    `complete i1 ${JSON.stringify(reasoning('i1', 'unfinished'))}`,
  ]);
});

test('a tool that is stopped is waited for, and what it returns reaches the model', async () => {
  const ended = Promise.withResolvers<string>();
  const { run, stop, clock } = bench([
    tool('slow', async (_input, { signal }) => {
      await new Promise((resolve) => {
        signal.addEventListener('abort', resolve);
      });
      return ended.promise;
    }),
    tool('rude', async (_input, { signal }) => {
      await new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          reject(new Error('aborted'));
        });
      });
      return '';
    }),
  ]);
  const outputs = run(call('slow'), call('rude'));
  await setImmediate();
  stop.abort();
  clock.advance(STOP_DEADLINE_MS - 1);
  ended.resolve('this far');

  expect(await outputs).toEqual(['this far', 'Stopped by the user before it finished.']);
  expect(clock.pending).toBe(0);
});

test('a tool that does not end is left behind at the deadline, and nothing it does later counts', async () => {
  const later = Promise.withResolvers<undefined>();
  const late: unknown[] = [];
  const { run, stop, clock, shown } = bench([
    tool('deaf', async (_input, context) => {
      const item = context.startItem(reasoning('i1'), reasoning('i1', 'left'));
      await later.promise;
      late.push(context.signal.aborted);
      item.delta('item/reasoning/summaryTextDelta', { delta: 'late', summaryIndex: 0 });
      item.complete(reasoning('i1', 'late'));
      context.startItem(reasoning('i2')).complete(reasoning('i2', 'late'));
      context.showPlan('late', []);
      return 'late';
    }),
  ]);
  const outputs = run(call('deaf'));
  await setImmediate();
  stop.abort();
  clock.advance(STOP_DEADLINE_MS);

  expect(await outputs).toEqual([expect.stringMatching(/^Stopped by the user\..*left behind\.$/u)]);
  later.resolve(undefined);
  await setImmediate();
  expect(late).toEqual([true]);
  expect(shown).toEqual([
    'start reasoning i1',
    `complete i1 ${JSON.stringify(reasoning('i1', 'left'))}`,
  ]);
});

test('an item that lasts is shown on when its call is over, until it is completed by whomever', async () => {
  let item: ShownItem | undefined;
  const { run, shown, open } = bench([
    tool('lasting', async (_input, context) => {
      item = context.startLastingItem(reasoning('i1'));
      return 'goes on';
    }),
  ]);
  expect(await run(call('lasting'))).toEqual(['goes on']);
  for (const delta of ['more', 'late']) {
    item?.delta('item/reasoning/summaryTextDelta', { delta, summaryIndex: 0 });
    item?.complete(reasoning('i1', 'done'));
  }

  expect(open.size).toBe(0);
  expect(shown).toEqual([
    'start reasoning i1',
    'item/reasoning/summaryTextDelta i1 {"delta":"more","summaryIndex":0}',
    `complete i1 ${JSON.stringify(reasoning('i1', 'done'))}`,
  ]);
});

test('what has not begun when the turn is stopped does not begin', async () => {
  const begun: string[] = [];
  const gates = gated(begun);
  const { run, stop } = bench([gates.tool('a', 'serial'), gates.tool('b')]);
  const outputs = run(call('a'), call('b'));
  await setImmediate();
  stop.abort();
  await gates.end('a');

  expect(await outputs).toEqual(['a is done', 'Stopped by the user before it finished.']);
  expect(begun).toEqual(['a']);
});
