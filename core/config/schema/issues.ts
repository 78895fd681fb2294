import type * as z from 'zod';

import { isTable } from '../toml/index.ts';

const TYPE_WORDS: Readonly<Record<string, string>> = {
  array: 'a list',
  boolean: 'true or false',
  int: 'a whole number',
  number: 'a number',
  object: 'a table',
  record: 'a table',
  string: 'a string',
};

/**
 * What is wrong with a value, to follow its key in a sentence. Only values of closed lists are
 * repeated, because any other may be a secret.
 */
export function describeIssue(issue: z.core.$ZodIssue, value: unknown): string {
  switch (issue.code) {
    case 'invalid_type': {
      const expected = TYPE_WORDS[issue.expected] ?? issue.expected;
      return value === undefined
        ? `is missing; it must be ${expected}`
        : `must be ${expected}, not ${typeWord(value)}`;
    }
    case 'invalid_value':
      return `must be ${oneOf(issue.values)}, not ${valueWord(value)}`;
    case 'too_small':
      return issue.origin === 'string'
        ? 'must not be empty'
        : `must be at least ${issue.minimum}, not ${valueWord(value)}`;
    case 'too_big':
      return `must be at most ${issue.maximum}, not ${valueWord(value)}`;
    case 'invalid_union':
      return describeUnion(issue.errors.flat(), value);
    case 'custom':
    case 'invalid_element':
    case 'invalid_format':
    case 'invalid_key':
    case 'not_multiple_of':
    case 'unrecognized_keys':
      return issue.message;
  }
}

/** A value that is either a word of a closed list, or true and false, or else a table. */
function describeUnion(issues: readonly z.core.$ZodIssue[], value: unknown): string {
  const within = issues.find(({ path }) => path.length > 0);
  if (isTable(value) && within !== undefined) {
    return `is no such table: ${within.path.map(String).join('.')} is wrong or missing`;
  }
  const word = issues.find(({ code }) => code === 'invalid_value');
  return word === undefined
    ? `must be true or false, not ${typeWord(value)}`
    : describeIssue(word, value);
}

function oneOf(values: readonly unknown[]): string {
  const words = values.map((value) => JSON.stringify(value));
  return words.length === 1 ? (words[0] ?? '') : `one of ${words.join(', ')}`;
}

function valueWord(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number'
    ? JSON.stringify(value)
    : typeWord(value);
}

function typeWord(value: unknown): string {
  if (value instanceof Date) return 'a date';
  if (Array.isArray(value)) return 'a list';
  if (isTable(value)) return 'a table';
  if (typeof value === 'string') return 'a string';
  if (typeof value === 'boolean') return 'true or false';
  return Number.isInteger(value) ? 'a whole number' : 'a number';
}
