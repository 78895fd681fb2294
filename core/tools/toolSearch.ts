import * as z from 'zod';

import { errorText } from '../base/index.ts';
import type { FunctionTool, NamespaceTool } from '../model/index.ts';
import type { Tool, ToolNamespace } from './contract.ts';

const MOST_FOUND = 8;

const Query = z.object({ query: z.string(), limit: z.number().nullish() });

/** One that can be found, and what it is found by. */
type Findable = {
  readonly id: number;
  readonly name: string;
  readonly words: string;
  readonly namespace: string;
  readonly description: string;
  readonly properties: string;
};

type Hidden = { readonly spec: FunctionTool; readonly namespace: ToolNamespace };

/**
 * Lets the model find, by words (BM25), tools that it is not told of; what it found it calls by the namespace
 * and the name (responses §12). A search that finds nothing is one, too.
 */
export function toolSearch(deferred: readonly Tool[]): Tool {
  const hidden = deferred.flatMap(({ spec, namespace }): readonly Hidden[] =>
    spec.type === 'function' && namespace !== undefined ? [{ spec, namespace }] : [],
  );
  const sources = Array.from(new Set(hidden.map(({ namespace }) => namespace.name)));
  return {
    spec: {
      type: 'tool_search',
      execution: 'client',
      description:
        'Finds tools that are not listed here, by what they do; those it finds can be called from then ' +
        `on. Search before you say that you cannot do something. There are tools of: ${sources.join(', ')}.`,
      parameters: {
        type: 'object',
        properties: {
          query: { type: 'string', description: 'What the tool should do, in a few words.' },
          limit: {
            type: 'number',
            description: `How many tools at most; ${MOST_FOUND} unless told.`,
          },
        },
        required: ['query'],
        additionalProperties: false,
      },
    },
    concurrency: 'parallel',
    async run(input) {
      const { query, limit } = readQuery(input);
      const most = Math.max(0, Math.trunc(limit ?? MOST_FOUND));
      const found = await search(hidden, query);
      return { found: byNamespace(found.slice(0, most)) };
    },
  };
}

function readQuery(input: string): z.output<typeof Query> {
  try {
    return Query.parse(JSON.parse(input));
  } catch (error) {
    throw new Error(`the search is unusable: ${errorText(error)}`, { cause: error });
  }
}

async function search(hidden: readonly Hidden[], query: string): Promise<readonly Hidden[]> {
  if (query.trim() === '') return [];
  const { default: MiniSearch } = await import('minisearch');
  const index = new MiniSearch<Findable>({
    fields: ['name', 'words', 'namespace', 'description', 'properties'],
    searchOptions: { boost: { name: 2, words: 2 }, prefix: true },
  });
  index.addAll(hidden.map(({ spec, namespace }, id) => findable(id, spec, namespace)));
  return index
    .search(query)
    .flatMap(({ id }) => (typeof id === 'number' ? (hidden[id] ?? []) : []));
}

function findable(id: number, spec: FunctionTool, namespace: ToolNamespace): Findable {
  const { properties } = spec.parameters;
  return {
    id,
    name: spec.name,
    words: spec.name.replaceAll(/[_-]+/gu, ' ').replaceAll(/([a-z])([A-Z])/gu, '$1 $2'),
    namespace: `${namespace.name} ${namespace.description}`,
    description: spec.description,
    properties: Object.keys(properties instanceof Object ? properties : {}).join(' '),
  };
}

function byNamespace(found: readonly Hidden[]): readonly NamespaceTool[] {
  const namespaces = new Map<string, NamespaceTool>();
  for (const { spec, namespace } of found) {
    const { name, description } = namespace;
    const tools = namespaces.get(name)?.tools ?? [];
    const tool = { ...spec, defer_loading: true } as const;
    namespaces.set(name, { type: 'namespace', name, description, tools: [...tools, tool] });
  }
  return Array.from(namespaces.values());
}
