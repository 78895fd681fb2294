import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  choice,
  type Grammar,
  matches,
  optional,
  repeat,
  sequence,
  slot,
  slotsIn,
} from './index.ts';
import { grammars } from './testing/index.ts';

const primes = sequence(
  optional('please'),
  choice('list the primes', 'count'),
  'to',
  slot('number'),
);

describe('a grammar', () => {
  test('has the texts that its parts make up, and no others', () => {
    expect(matches(primes, 'en', 'please count to fifty two')).toBe(true);
    expect(matches(primes, 'en', 'List the primes to 50.')).toBe(true);
    expect(matches(primes, 'en', 'count to')).toBe(false);
    expect(matches(primes, 'en', 'count to fifty two please')).toBe(false);
    expect(matches(primes, 'en', '')).toBe(false);
  });

  test('tells its slots with their words and values, in the order they were said', () => {
    const sum = sequence('what is', slot('number'), 'plus', slot('number'));

    expect(slotsIn(sum, 'en', 'What is twenty one plus a hundred?')).toEqual([
      { slot: 'number', text: 'twenty one', value: 21 },
      { slot: 'number', text: 'a hundred', value: 100 },
    ]);
    expect(slotsIn(sum, 'en', 'what is love')).toBeUndefined();
  });

  test('that repeats what may be nothing comes to an end', () => {
    const endless = repeat(repeat(optional('so')));

    expect(matches(endless, 'en', 'so so so')).toBe(true);
    expect(matches(endless, 'en', 'so what')).toBe(false);
  });

  test('of no alternatives has nothing', () => {
    expect(matches(choice(), 'en', '')).toBe(false);
    expect(matches(sequence(), 'en', '')).toBe(true);
  });

  test('has every text that was made from it', () => {
    fc.assert(
      fc.property(grammars, fc.infiniteStream(fc.nat()), (grammar, chance) => {
        const said = sayOne(grammar, () => chance.next().value ?? 0);
        fc.pre(said !== undefined);
        expect(matches(grammar, 'en', said)).toBe(true);
      }),
    );
  });
});

/** A text of the grammar, by chance; undefined when it has none. */
function sayOne(grammar: Grammar, chance: () => number): string | undefined {
  switch (grammar.type) {
    case 'words':
      return grammar.text;
    case 'choice':
      return grammar.of.length === 0
        ? undefined
        : sayOne(grammar.of[chance() % grammar.of.length] ?? sequence(), chance);
    case 'sequence': {
      const parts = grammar.of.map((part) => sayOne(part, chance));
      return parts.includes(undefined) ? undefined : parts.join(' ');
    }
    case 'optional':
      return chance() % 2 === 0 ? '' : (sayOne(grammar.of, chance) ?? '');
    case 'repeat': {
      const times = 1 + (chance() % 2);
      return sayOne(sequence(...Array.from({ length: times }, () => grammar.of)), chance);
    }
    case 'slot':
      return String(chance() % 1_000);
  }
}
