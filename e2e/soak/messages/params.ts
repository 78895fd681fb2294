import { join } from 'node:path';

import { type JsonSchema, protocolSchema } from '../../../core/protocol/schema/index.ts';
import type { Random } from './random.ts';

// Programs are run and files are written, moved and removed: every word below is harmless wherever it ends up. What is
// no path of the scratch folder has no separator in it, and no word is the name of a program but those of COMMANDS.

/** What may stand in the place of any value. */
const NOISE: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  1e308,
  2 ** 53,
  '',
  ' ',
  '0',
  '\u0000',
  '\uD800',
  'é💥\u202E',
  '__proto__',
  'constructor',
  [],
  {},
  [null],
  [[[]]],
  { toString: 1 },
];
const WORDS: readonly string[] = ['', 'a word', 'é💥', '\u0000', '__proto__', '3', 'x'.repeat(300)];
const COMMANDS: readonly (readonly string[])[] = [
  ['true'],
  ['echo', 'word'],
  ['no such program'],
  [],
];
/** None names a peer, a program or a file. */
const KEYS: readonly string[] = ['model', 'hide_agent_reasoning', 'no_such_key', 'a b', ''];
const LONG = 'A'.repeat(300_000);
const MAX_ITEMS = 3;
const MAX_DEPTH = 8;

/** What was told by the engine and may be asked about. */
export type Known = {
  /** A folder of which nobody needs anything. */
  readonly scratch: string;
  readonly threadIds: readonly string[];
  readonly turnIds: readonly string[];
};

const { definitions, unions } = protocolSchema({ isExperimental: true });
export const METHODS = unions.ClientRequest;

/** Params that are right, then now and then made wrong somewhere. */
export class ParamsMaker {
  readonly #random: Random;
  readonly #known: Known;

  constructor(random: Random, known: Known) {
    this.#random = random;
    this.#known = known;
  }

  of(typeName: string | undefined): unknown {
    const schema = typeName === undefined ? undefined : definitions.get(typeName);
    return schema === undefined ? undefined : this.#value(schema, '', 0);
  }

  /** One place of a value, however deep, with something else in it. */
  mutated(value: unknown): unknown {
    if (typeof value !== 'object' || value === null || this.#random.isOneIn(4))
      return this.#other();
    const keys = Object.keys(value);
    if (keys.length === 0) return this.#other();
    const key = this.#random.of(keys);
    const place = value as Record<string, unknown>;
    switch (this.#random.below(4)) {
      case 0:
        return Array.isArray(value)
          ? [...(value as readonly unknown[]), this.#other()]
          : Object.fromEntries(Object.entries(value).filter(([name]) => name !== key));
      case 1:
        return { ...value, unheardOf: this.#other() };
      default: {
        const mutated = this.mutated(place[key]);
        return Array.isArray(value)
          ? (value as readonly unknown[]).with(Number(key), mutated)
          : { ...value, [key]: mutated };
      }
    }
  }

  #other(): unknown {
    if (this.#random.isOneIn(40)) return LONG;
    if (this.#random.isOneIn(40)) return Array.from({ length: 2_000 }, (_, index) => index);
    return this.#random.of(NOISE);
  }

  #value(schema: JsonSchema, name: string, depth: number): unknown {
    const { $ref, enum: values, anyOf, oneOf, allOf, type } = schema;
    if (typeof $ref === 'string') {
      return this.#value(definitions.get($ref.split('/').at(-1) ?? '') ?? {}, name, depth);
    }
    if ('const' in schema) return schema['const'];
    if (isList(values)) return this.#random.of(values);
    const choices = anyOf ?? oneOf;
    if (isList(choices)) return this.#value(this.#random.of(choices) as JsonSchema, name, depth);
    if (isList(allOf)) {
      const parts = allOf.map((part) => this.#value(part as JsonSchema, name, depth));
      return Object.assign({}, ...parts) as unknown;
    }
    switch (isList(type) ? this.#random.of(type) : type) {
      case 'object':
        return this.#object(schema, depth);
      case 'array':
        return this.#array(schema, name, depth);
      case 'string':
        return this.#word(name);
      case 'boolean':
        return this.#random.isOneIn(2);
      case 'integer':
      case 'number':
        return this.#random.of([0, 1, 2, 20, 1_000]);
      case 'null':
        return null;
      default:
        return this.#random.of(NOISE);
    }
  }

  #object({ properties, required, additionalProperties }: JsonSchema, depth: number): object {
    const needed = new Set(isList(required) ? required : []);
    const fields = Object.entries((properties ?? {}) as Record<string, JsonSchema>)
      .filter(([name]) => needed.has(name) || (depth < MAX_DEPTH && this.#random.isOneIn(4)))
      .map(([name, schema]) => [name, this.#value(schema, name, depth + 1)] as const);
    if (typeof additionalProperties !== 'object' || additionalProperties === null) {
      return Object.fromEntries(fields);
    }
    const key = this.#random.of(WORDS);
    const value = this.#value(additionalProperties as JsonSchema, 'value', depth + 1);
    return Object.fromEntries([...fields, [key, value]]);
  }

  #array({ items, minItems }: JsonSchema, name: string, depth: number): readonly unknown[] {
    if (name === 'command') return this.#random.of(COMMANDS);
    if (isList(items)) return items.map((item) => this.#value(item as JsonSchema, name, depth + 1));
    const length = Math.max(
      depth < MAX_DEPTH ? this.#random.below(MAX_ITEMS) : 0,
      typeof minItems === 'number' ? minItems : 0,
    );
    return Array.from({ length }, () => this.#value((items ?? {}) as JsonSchema, name, depth + 1));
  }

  #word(name: string): string {
    const { scratch, threadIds, turnIds } = this.#known;
    if (name === 'keyPath') return this.#random.of(KEYS);
    if (/base64|audio/iu.test(name)) return this.#random.of(['', 'AAAA', 'not base64!']);
    if (/path|cwd|root|directory|folder/iu.test(name)) {
      return this.#random.of([
        join(scratch, 'a'),
        join(scratch, 'a', 'b'),
        join(scratch, 'ü', 'c'),
        this.#random.of(WORDS),
      ]);
    }
    if (name === 'processId') return this.#random.of(['one', 'two']);
    if (name === 'providerId' || name === 'modelProvider') return this.#random.of(['soak', 'none']);
    if (/threadId/iu.test(name) && threadIds.length > 0 && !this.#random.isOneIn(5)) {
      return this.#random.of(threadIds);
    }
    if (/turnId/iu.test(name) && turnIds.length > 0 && !this.#random.isOneIn(5)) {
      return this.#random.of(turnIds);
    }
    return this.#random.of(WORDS);
  }
}

const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);
