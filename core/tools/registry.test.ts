import * as z from 'zod';

import { expect, test } from 'vitest';

import type { Tool, ToolContext } from './contract.ts';
import { jsonTool } from './jsonTool.ts';
import { standardTools, ToolList, ToolRegistry } from './registry.ts';

const namespace = { name: 'disk', description: 'Tools in the disk namespace.' };
const inNamespace = (name: string): Tool =>
  jsonTool({
    name,
    namespace,
    description: `${name} something`,
    concurrency: 'parallel',
    arguments: z.object({ path: z.string() }),
    run: async ({ path }) => path,
  });
const patch: Tool = {
  spec: {
    type: 'custom',
    name: 'patch',
    description: 'Changes files.',
    format: { type: 'grammar', syntax: 'lark', definition: 'start: "x"' },
  },
  concurrency: 'serial',
  run: async (input) => input,
};
const context = {} as ToolContext;

test('tools of a namespace are told together, where the first of them stands', () => {
  const list = new ToolList([inNamespace('read'), patch, inNamespace('write')]);

  expect(list.specs).toEqual([
    {
      type: 'namespace',
      ...namespace,
      tools: [
        {
          type: 'function',
          name: 'read',
          description: 'read something',
          strict: false,
          parameters: {
            type: 'object',
            properties: { path: { type: 'string' } },
            required: ['path'],
            additionalProperties: false,
          },
        },
        expect.objectContaining({ name: 'write' }),
      ],
    },
    patch.spec,
  ]);
});

test('a call finds its tool by namespace, name and the kind of its input, and no other way', () => {
  const read = inNamespace('read');
  const list = new ToolList([read, patch, { ...patch, concurrency: 'parallel' }]);
  const find = (name: string, kind: 'function' | 'custom', space?: string): Tool | undefined =>
    list.find({ name, kind, ...(space !== undefined && { namespace: space }) });

  expect(find('read', 'function', 'disk')).toBe(read);
  expect(find('read', 'function')).toBeUndefined();
  expect(find('read', 'function', 'tape')).toBeUndefined();
  expect(find('read', 'custom', 'disk')).toBeUndefined();
  expect(find('patch', 'custom')).toBe(patch);
  expect(find('patch', 'function')).toBeUndefined();
});

test('what is offered may change from one sampling to the next, and a list stays as it was', () => {
  const offered: Tool[] = [patch];
  const registry = new ToolRegistry([
    { toolsFor: ({ model }) => (model === 'plain' ? [] : offered.slice()) },
  ]);
  const before = registry.listFor({ model: 'any', environments: [] });
  offered.push(inNamespace('read'));

  expect(before.names).toEqual(['patch']);
  expect(registry.listFor({ model: 'any', environments: [] }).names).toEqual([
    'patch',
    'disk.read',
  ]);
  expect(registry.listFor({ model: 'plain', environments: [] }).names).toEqual([]);
});

test('what the model is told of arguments is what is read of them', async () => {
  const tool = jsonTool({
    name: 'greet',
    description: 'Greets.',
    concurrency: 'parallel',
    arguments: z.object({
      name: z.string().describe('Whom.'),
      tone: z.enum(['warm', 'cool']).default('warm'),
      times: z.int().max(3).optional(),
    }),
    run: async ({ name, tone, times }) => `${name} ${tone} ${String(times)}`,
  });

  expect(tool.spec).toMatchObject({
    parameters: {
      properties: {
        name: { type: 'string', description: 'Whom.' },
        tone: { type: 'string', enum: ['warm', 'cool'] },
      },
      required: ['name', 'tone'],
      additionalProperties: false,
    },
  });
  expect(JSON.stringify(tool.spec)).not.toContain('default');
  expect(await tool.run('{"name":"Ada","tone":null,"times":null}', context)).toBe(
    'Ada warm undefined',
  );
  await expect(tool.run('{"name":', context)).rejects.toThrow(/^the arguments are not JSON: /u);
  await expect(tool.run('{"name":"Ada","times":4}', context)).rejects.toThrow('times');
});

test('every turn is offered the plan and the question', () => {
  const { names, specs } = new ToolRegistry([standardTools]).listFor({
    model: 'any',
    environments: [],
  });

  expect(names).toEqual(['update_plan', 'request_user_input']);
  expect(specs).toMatchObject([
    { parameters: { required: ['plan'] } },
    {
      parameters: {
        properties: {
          questions: {
            minItems: 1,
            maxItems: 3,
            items: { required: ['id', 'header', 'question'] },
          },
        },
      },
    },
  ]);
});
