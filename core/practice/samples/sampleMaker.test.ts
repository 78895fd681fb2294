import { afterAll, expect, test } from 'vitest';
import * as z from 'zod';

import { type Sample, SampleMaker } from './index.ts';

type Tree = { readonly name: string; readonly children: readonly Tree[] };
const Tree: z.ZodType<Tree> = z.object({
  name: z.string(),
  get children() {
    return z.array(Tree);
  },
});
const wanted = new AbortController().signal;

function schemaOf(type: z.ZodType): Readonly<Record<string, unknown>> {
  return z.toJSONSchema(type);
}

const shared = new SampleMaker({ deadlineMs: 10_000 });
afterAll(() => shared.close());

async function make(schema: Readonly<Record<string, unknown>>): Promise<Sample> {
  return shared.make(schema, wanted);
}

test.for<{ name: string; type: z.ZodType }>([
  {
    name: 'every kind of field',
    type: z.object({
      city: z.string(),
      degrees: z.number().min(-40).max(50).multipleOf(0.5),
      count: z.int().min(3).max(4),
      isDry: z.boolean(),
      kind: z.enum(['sun', 'rain']),
      version: z.literal('v1'),
      nothing: z.string().nullable(),
      code: z.string().regex(/^[A-Z]{3}-\d{2,4}$/u),
      id: z.uuid(),
      mail: z.email(),
      at: z.iso.datetime(),
      short: z.string().min(2).max(3),
      days: z.array(z.object({ day: z.string() })).min(2),
    }),
  },
  {
    name: 'one of several shapes',
    type: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('a'), a: z.number() }),
      z.object({ kind: z.literal('b'), b: z.array(z.string()) }),
    ]),
  },
  { name: 'a tree', type: Tree },
  { name: 'a number alone', type: z.number().min(5).max(5) },
])('a value for $name fits its schema, and is the same again', async ({ type }) => {
  const [one, again] = await Promise.all([make(schemaOf(type)), make(schemaOf(type))]);

  expect(type.safeParse('value' in one ? one.value : one)).toMatchObject({ success: true });
  expect(again).toEqual(one);
});

test('an upper bound is no wish', async () => {
  const schema = { type: 'array', items: { type: 'string', maxLength: 1e6 }, maxItems: 1e9 };

  expect(JSON.stringify(await make(schema)).length).toBeLessThan(200);
});

test('free text says which field it is in', async () => {
  const schema = schemaOf(z.object({ city: z.string(), days: z.array(z.string()).length(1) }));

  expect(await make(schema)).toEqual({ value: { city: 'sample city', days: ['sample days'] } });
});

test.for<{ name: string; schema: Readonly<Record<string, unknown>> }>([
  { name: 'a type that does not exist', schema: { type: 'zzz' } },
  { name: 'a reference into nothing', schema: { $ref: '#/nope' } },
  { name: 'an address elsewhere', schema: { $ref: 'http://127.0.0.1:1/schema' } },
  { name: 'a list without an end', schema: { type: 'array', minItems: 1e9, items: {} } },
  { name: 'a text without an end', schema: { type: 'object', not: { minLength: 1e9 } } },
  { name: 'what nothing fits', schema: { type: 'integer', minimum: 3, maximum: 2 } },
])('a schema with $name is a problem in words', async ({ schema }) => {
  expect(await make(schema)).toEqual({ problem: expect.stringMatching(/\S/u) as string });
});

test('a schema that refers to itself and nothing else is told so', async () => {
  const $defs = { a: { $ref: '#/$defs/b' }, b: { $ref: '#/$defs/a' } };

  expect(await make({ $ref: '#/$defs/a', $defs })).toEqual({
    problem: 'it refers to itself without an end',
  });
});

/** A thousand times a thousand times a thousand. */
const greedy = [1, 2, 3].reduce<Readonly<Record<string, unknown>>>(
  (items) => ({ type: 'array', minItems: 1000, items }),
  { type: 'string' },
);

test('a schema that asks for too much costs its thread, and the next one is served', async () => {
  const maker = new SampleMaker({ deadlineMs: 1000 });
  const [refused, gone, served] = await Promise.all([
    maker.make(greedy, wanted),
    maker.make({ type: 'null' }, AbortSignal.abort()),
    maker.make({ type: 'null' }, wanted),
  ]);
  await maker.close();
  await maker.close();

  expect(refused).toEqual({
    problem: expect.stringMatching(/took (?:too much memory|longer than)/u) as string,
  });
  expect(gone).toHaveProperty('problem');
  expect(served).toEqual({ value: null });
});

test('a schema that takes for ever is given up after its deadline', async () => {
  const code = `
    import { parentPort } from 'node:worker_threads';
    parentPort.on('message', () => { for (;;); });
    parentPort.postMessage('ready');`;
  const workerUrl = new URL(`data:text/javascript,${encodeURIComponent(code)}`);
  const maker = new SampleMaker({ workerUrl, deadlineMs: 50 });
  const sample = await maker.make({}, wanted);
  await maker.close();

  expect(sample).toEqual({ problem: 'making a value for it took longer than 50 ms' });
});
