import { type JsonSchema, nameOfRef } from './definitions.ts';
import type { MessageRow, ProtocolSchema } from './jsonSchema.ts';
import { typeName } from './names.ts';

// The libraries that turn JSON Schema into TypeScript bring a formatter of 20 MB along or need the compiler's old
// interface; what zod writes is a small part of JSON Schema, and the test has the compiler read every line of this.

/** The same types as `jsonSchemaFiles`, as one TypeScript module. */
export function typeDeclarations({ definitions, unions }: ProtocolSchema): string {
  const types = Array.from(definitions, ([name, schema]) => exported(name, typeOf(schema)));
  const messages = Object.entries(unions).map(([name, rows]) =>
    exported(name, rows.map((row) => `\n  | ${messageType(row)}`).join('')),
  );
  return `// The app-server protocol of Parley. Made by \`parley app-server generate-ts\`.\n\n${[
    ...types,
    ...messages,
    responsesType('ServerResponses', unions.ClientRequest),
    responsesType('ClientResponses', unions.ServerRequest),
  ].join('\n')}`;
}

const exported = (name: string, type: string): string =>
  `export type ${name} =${type.startsWith('\n') ? '' : ' '}${type};\n`;

/** What each method is answered with. */
function responsesType(name: string, rows: readonly MessageRow[]): string {
  const lines = rows.map(({ method }) => `  ${key(method)}: ${typeName(method)}Response;\n`);
  return exported(name, `{\n${lines.join('')}}`);
}

function messageType({ method, params, isOmittable }: MessageRow): string {
  const id = params?.endsWith('Params') === true ? 'id: RequestId; ' : '';
  const body = params === undefined ? '' : `; params${isOmittable ? '?' : ''}: ${params}`;
  return `{ ${id}method: ${JSON.stringify(method)}${body} }`;
}

function typeOf(schema: JsonSchema): string {
  const name = nameOfRef(schema);
  if (name !== undefined) return name;
  if ('const' in schema) return JSON.stringify(schema['const']);
  const { enum: values, anyOf, oneOf, allOf, type } = schema;
  if (isList(values)) return union(values.map((value) => JSON.stringify(value)));
  if (isList(anyOf)) return union(anyOf.map(typeOfValue));
  if (isList(oneOf)) return union(oneOf.map(typeOfValue));
  if (isList(allOf)) return allOf.map((part) => `(${typeOfValue(part)})`).join(' & ');
  if (isList(type)) return union(type.map((each) => typeOf({ ...schema, type: each })));
  switch (type) {
    case 'string':
    case 'boolean':
    case 'null':
      return type;
    case 'integer':
    case 'number':
      return 'number';
    case 'array':
      return arrayType(schema);
    case 'object':
      return objectType(schema);
    default:
      return 'unknown';
  }
}

function arrayType({ items, maxItems }: JsonSchema): string {
  if (isList(items)) return `[${items.map(typeOfValue).join(', ')}]`;
  return maxItems === 0 ? '[]' : `(${typeOfValue(items)})[]`;
}

function objectType({ properties, required, additionalProperties }: JsonSchema): string {
  const fields = Object.entries(isObject(properties) ? properties : {}).map(([field, type]) => {
    const isRequired = isList(required) && required.includes(field);
    return `${key(field)}${isRequired ? '' : '?'}: ${typeOfValue(type)}`;
  });
  const rest = isObject(additionalProperties)
    ? `Record<string, ${typeOfValue(additionalProperties)}>`
    : undefined;
  if (fields.length === 0) return rest ?? 'Record<string, unknown>';
  const own = `{ ${fields.join('; ')} }`;
  return rest === undefined ? own : `${own} & Record<string, unknown>`;
}

const typeOfValue = (value: unknown): string => (isObject(value) ? typeOf(value) : 'unknown');

const union = (types: readonly string[]): string =>
  types.length === 0 ? 'never' : Array.from(new Set(types)).join(' | ');

const key = (name: string): string => (/^[A-Za-z_]\w*$/u.test(name) ? name : JSON.stringify(name));

const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);

const isObject = (value: unknown): value is JsonSchema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
