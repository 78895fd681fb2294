import { generateSync, type JsonSchema } from 'json-schema-faker';
import * as z from 'zod';

import { errorText } from '../../base/index.ts';

/** A value that fits a JSON Schema, or why there is none. */
export type Sample = { readonly value: unknown } | { readonly problem: string };

type Schema = Readonly<Record<string, unknown>>;

/** Tried in this order: a schema that refers to itself has to end somewhere, and its lists may have to be empty. */
const ATTEMPTS = [
  { maxDefaultItems: 2 },
  { maxDefaultItems: 2, refDepthMax: 1 },
  { maxDefaultItems: 0, refDepthMax: 1 },
] as const;

/** Makes a value for a schema, the same one each time. Takes as long as the schema makes it take. */
export function sampleOf(schema: Schema): Sample {
  try {
    const modest = withModestSizes(schema);
    for (const attempt of ATTEMPTS) {
      const value = generateSync(modest, {
        ...attempt,
        seed: 1,
        alwaysFakeOptionals: true,
        useDefaultValue: true,
        useExamplesValue: true,
        outputTransform: nameFreeText,
      });
      if (fits(schema, value)) return { value };
    }
  } catch (error) {
    return { problem: isOverflow(error) ? 'it refers to itself without an end' : errorText(error) };
  }
  return { problem: 'no value was found that fits it' };
}

/** V8's own error, of which nothing else can be told. */
const isOverflow = (error: unknown): boolean =>
  error instanceof RangeError && error.message.includes('call stack');

/** More than this of anything is refused: one array too large ends the process, not only its thread. */
const MAX_SIZE = 1000;
/** Where a schema leaves it open, so much is enough. */
const ENOUGH: Readonly<Record<string, number>> = { maxItems: 3, maxLength: 24, maxProperties: 3 };
const LEAST = /^min(?=Items|Length|Properties|Contains)/u;
/** What holds values and no schemas. */
const VALUES: ReadonlySet<string> = new Set(['const', 'enum', 'default', 'examples']);

/** The same schema with upper bounds no higher than needed. Throws where it asks for too much. */
function withModestSizes(schema: Schema): Schema {
  const entries = Object.entries(schema).map(([key, value]): [string, unknown] => {
    if (VALUES.has(key)) return [key, value];
    if (typeof value !== 'number') return [key, modestWithin(value)];
    if (LEAST.test(key) && value > MAX_SIZE) {
      throw new RangeError(`'${key}' is ${value}; this server makes at most ${MAX_SIZE}`);
    }
    const enough = ENOUGH[key];
    if (enough === undefined) return [key, value];
    const least = Number(schema[key.replace('max', 'min')] ?? 0);
    return [key, Math.min(value, Math.max(least, enough))];
  });
  return Object.fromEntries(entries);
}

function modestWithin(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(modestWithin);
  if (typeof value !== 'object' || value === null) return value;
  return withModestSizes(Object.fromEntries(Object.entries(value)));
}

/** Text that nothing is asked of says which field it is in, which reads better than random letters. */
function nameFreeText(value: unknown, schema: JsonSchema, path: string): unknown {
  if (typeof value !== 'string' || typeof schema !== 'object') return value;
  if (Object.keys(schema).some((key) => !FREE_TEXT_KEYS.has(key))) return value;
  const name = path.split('/').findLast((part) => part !== '' && !/^\d+$/u.test(part));
  return `sample ${name ?? 'text'}`;
}

const FREE_TEXT_KEYS: ReadonlySet<string> = new Set(['type', 'title', 'description']);

function fits(schema: Schema, value: unknown): boolean {
  let check: z.ZodType;
  try {
    check = z.fromJSONSchema(schema);
  } catch {
    // A keyword that the check does not know is no reason to refuse what was made.
    return true;
  }
  return check.safeParse(value).success;
}
