import * as z from 'zod';

import { nearest } from './editDistance.ts';
import { FOREIGN_KEYS } from './foreignKeys.ts';
import { ConfigFile } from './schema.ts';
import { isTable, type KeyPath } from '../toml/index.ts';

/** The top-level keys of a file of settings, those of other programs included. */
export const KNOWN_KEYS: readonly string[] = [
  ...Object.keys(ConfigFile.shape),
  ...(FOREIGN_KEYS[''] ?? []),
];

export type UnknownKey = { readonly path: KeyPath; readonly suggestion: string | undefined };

/**
 * Keys that neither Parley nor the configurations it can be given know, each with the known key it
 * was probably meant to be. The schema is the only list of what Parley reads.
 */
export function findUnknownKeys(schema: z.ZodType, value: unknown): readonly UnknownKey[] {
  return walk(schema, value, [], '');
}

function walk(
  schema: z.ZodType,
  value: unknown,
  path: KeyPath,
  pattern: string,
): readonly UnknownKey[] {
  const inner = withoutOptional(schema);
  if (!isTable(value)) return [];
  if (inner instanceof z.ZodRecord) {
    const { valueType } = inner;
    if (!(valueType instanceof z.ZodType)) return [];
    return Object.entries(value).flatMap(([key, field]) =>
      walk(valueType, field, [...path, key], join(pattern, '*')),
    );
  }
  if (!(inner instanceof z.ZodObject)) return [];
  const shape = new Map(Object.entries(inner.shape));
  const foreign = FOREIGN_KEYS[pattern];
  return Object.entries(value).flatMap(([key, field]) => {
    const fieldSchema = shape.get(key);
    if (fieldSchema instanceof z.ZodType) {
      return walk(fieldSchema, field, [...path, key], join(pattern, key));
    }
    if (foreign?.has(key) === true) return [];
    const suggestion = nearest(key, [...shape.keys(), ...(foreign ?? [])]);
    return [{ path: [...path, key], suggestion }];
  });
}

function withoutOptional(schema: z.ZodType): z.ZodType {
  if (!(schema instanceof z.ZodOptional)) return schema;
  const inner = schema.unwrap();
  return inner instanceof z.ZodType ? inner : schema;
}

function join(pattern: string, part: string): string {
  return pattern === '' ? part : `${pattern}.${part}`;
}
