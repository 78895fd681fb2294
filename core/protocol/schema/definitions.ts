import * as z from 'zod';

/** A JSON Schema, draft 7. */
export type JsonSchema = { readonly [key: string]: unknown };

/** Schemas by the names they are called by. */
export type Named = ReadonlyMap<string, z.ZodType>;

const PREFIX = '#/definitions/';

/** The place of a definition in each document that has it. */
export const refTo = (name: string): JsonSchema => ({ $ref: `${PREFIX}${name}` });

/** The name of the definition that a schema only refers to. */
export function nameOfRef({ $ref }: JsonSchema): string | undefined {
  return typeof $ref === 'string' ? $ref.slice(PREFIX.length) : undefined;
}

/**
 * What each name means, as definitions that refer to one another. `input` is what one may send, with all that may
 * be left out; `output` what one gets. A schema with two names is defined under the first and the second refers to it.
 */
export function definitionsOf(named: Named, io: 'input' | 'output'): Map<string, JsonSchema> {
  const registry = z.registry<{ id: string }>();
  const firstNames = new Map<z.ZodType, string>();
  for (const [name, schema] of named) {
    if (firstNames.has(schema)) continue;
    firstNames.set(schema, name);
    registry.add(schema, { id: name });
  }
  const { schemas } = z.toJSONSchema(registry, {
    io,
    target: 'draft-7',
    uri: (id) => `${PREFIX}${id}`,
    override: ({ jsonSchema }) => {
      plain(jsonSchema);
    },
  });
  return new Map(
    Array.from(named, ([name, schema]) => {
      const first = firstNames.get(schema) ?? name;
      if (first !== name) return [name, refTo(first)];
      const { $schema: _, $id: __, ...definition } = schemas[name] ?? {};
      return [name, definition];
    }),
  );
}

/** Takes out what is true of this program only: clients pass over what they do not know, and count as they like. */
function plain(schema: Record<string, unknown>): void {
  if (schema['additionalProperties'] === false) delete schema['additionalProperties'];
  if (schema['minimum'] === Number.MIN_SAFE_INTEGER) delete schema['minimum'];
  if (schema['maximum'] === Number.MAX_SAFE_INTEGER) delete schema['maximum'];
  // Every key is a string.
  delete schema['propertyNames'];
  if (Array.isArray(schema['items']) && schema['items'].length === 0) {
    // Draft 7 has no tuple without items; that there are none says `maxItems`.
    delete schema['items'];
    delete schema['additionalItems'];
  }
}

/**
 * Both together. A name that means the same either way is there once; where what is sent may leave out more, that is
 * the one with `Input` behind its name.
 */
export function merged(
  input: ReadonlyMap<string, JsonSchema>,
  output: ReadonlyMap<string, JsonSchema>,
): Map<string, JsonSchema> {
  const different = namesThatDiffer(input, output);
  const all = new Map(output);
  for (const [name, schema] of input) {
    const renamed = different.has(name) ? `${name}Input` : name;
    if (all.has(renamed) && renamed !== name) throw new Error(`Two types are called ${renamed}`);
    all.set(renamed, withRefs(schema, different));
  }
  return all;
}

function namesThatDiffer(
  input: ReadonlyMap<string, JsonSchema>,
  output: ReadonlyMap<string, JsonSchema>,
): ReadonlySet<string> {
  const different = new Set<string>();
  let before = -1;
  // One that refers to a type that differs differs, too.
  while (different.size > before) {
    before = different.size;
    for (const [name, schema] of input) {
      const other = output.get(name);
      if (other === undefined) continue;
      const asSent = JSON.stringify(withRefs(schema, different));
      if (asSent !== JSON.stringify(other)) different.add(name);
    }
  }
  return different;
}

function withRefs(schema: JsonSchema, renamed: ReadonlySet<string>): JsonSchema {
  const text = JSON.stringify(schema, (_key, value: unknown) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    const name = nameOfRef({ ...value });
    return name !== undefined && renamed.has(name) ? refTo(`${name}Input`) : value;
  });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the same object with other references
  return JSON.parse(text) as JsonSchema;
}

/** Of all definitions those that these names lead to, themselves included. */
export function reachable(
  names: readonly string[],
  definitions: ReadonlyMap<string, JsonSchema>,
): Map<string, JsonSchema> {
  const found = new Map<string, JsonSchema>();
  const look = (name: string): void => {
    const definition = definitions.get(name);
    if (definition === undefined || found.has(name)) return;
    found.set(name, definition);
    refsIn(definition).forEach(look);
  };
  names.forEach(look);
  return found;
}

/** The names that a schema refers to. */
export function refsIn(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  const name = nameOfRef({ ...value });
  return name === undefined ? Object.values(value).flatMap(refsIn) : [name];
}
