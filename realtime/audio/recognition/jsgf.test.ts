import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import { choice, type Grammar, optional, repeat, sequence, slot, words } from './index.ts';
import { compileGrammar } from './jsgf.ts';
import { grammars, unsayableWords } from './testing/index.ts';

const anyWord = (): boolean => true;
const noNames = (token: string): boolean => token !== 'bert' && token !== 'foo.ts';

test('each kind of part has its form', () => {
  const grammar = sequence(
    optional('please'),
    choice('go', 'count to 21'),
    repeat(choice('on', 'off')),
  );

  expect(compileGrammar(grammar, 'en', anyWord)).toEqual({
    body: '[please] (go|count to twenty one) ((on|off))+',
    rules: [],
    dropped: [],
  });
});

test('weights stay with their alternatives', () => {
  const grammar: Grammar = {
    type: 'choice',
    of: [words('go'), words('bert'), words('stop')],
    weights: [0.5, 0.3, 0.2],
  };

  expect(compileGrammar(grammar, 'en', noNames).body).toBe('(/0.5/ go|/0.2/ stop)');
});

test('a slot is a rule, written once however often it is used', () => {
  const { body, rules } = compileGrammar(sequence(slot('date'), slot('date')), 'fr', anyWord);

  expect(body).toBe('<date> <date>');
  expect(rules).toEqual([expect.stringMatching(/^<date> = .*janvier.*;$/u)]);
});

test('elisions are apart in French and one word in English', () => {
  expect(compileGrammar(words("l'agent d’aujourd’hui"), 'fr', anyWord).body).toBe(
    "l' agent d' aujourd'hui",
  );
  expect(compileGrammar(words("What's the time?"), 'en', anyWord).body).toBe("what's the time");
});

test('what needs a word that nobody can pronounce is left out, and nothing else', () => {
  const grammar = choice('ask bert', sequence('open', optional('foo.ts'), 'now'), 'foo.ts', 'stop');

  expect(compileGrammar(grammar, 'en', noNames)).toEqual({
    body: '(open now|stop)',
    rules: [],
    dropped: ['bert', 'foo.ts'],
  });
});

test('a grammar of which nothing can be said has no body', () => {
  expect(compileGrammar(choice(), 'en', anyWord).body).toBeUndefined();
  expect(compileGrammar(words('...'), 'en', anyWord).body).toBeUndefined();
  expect(compileGrammar(sequence('stop', 'bert'), 'en', (it) => it === 'stop').body).toBe(
    undefined,
  );
});

test('any grammar has balanced brackets and no empty alternative', () => {
  fc.assert(
    fc.property(grammars, (grammar) => {
      const { body } = compileGrammar(grammar, 'en', (token) => token !== 'go');
      fc.pre(body !== undefined);
      expect(body.replaceAll('[', '(').replaceAll(']', ')')).not.toMatch(/\(\||\|\||\|\)|\(\)/u);
      expect(body.split(/[([]/u)).toHaveLength(body.split(/[)\]]/u).length);
      expect(body).not.toMatch(/\bgo\b/u);
    }),
  );
});

test.for(['en', 'fr'] as const)('every word of the slots has a pronunciation (%s)', (language) => {
  const slots = choice(
    slot('number'),
    slot('smallNumber'),
    slot('ordinal'),
    slot('date'),
    slot('time'),
  );

  expect(unsayableWords(slots, language)).toEqual([]);
});
