import { expect, test } from 'vitest';

import { choice } from '../../../realtime/audio/recognition/index.ts';
import { unsayableWords } from '../../../realtime/audio/recognition/testing/index.ts';
import { phrase } from '../../../realtime/server/index.ts';
import { waysToSay } from '../../../realtime/server/testing/index.ts';
import { planFor, spokenTasks } from './skills.ts';

const NUMBERS = { en: ['three', 'twenty one'], fr: ['trois', 'vingt et un'] };

test.for(['en', 'fr'] as const)('in %s the agent does what it can be asked aloud', (language) => {
  const ways = spokenTasks(language).flatMap(({ phrases }) =>
    phrases.flatMap((each) => waysToSay(phrase(each), NUMBERS[language])),
  );

  expect(ways.length).toBeGreaterThan(50);
  expect(ways.filter((said) => planFor(said, 0).type === 'unable')).toEqual([]);
});

test.for(['en', 'fr'] as const)(
  'in %s no word of what it can be asked lacks a pronunciation',
  (language) => {
    const tasks = spokenTasks(language).flatMap(({ phrases }) =>
      phrases.map((each) => phrase(each)),
    );

    expect(unsayableWords(choice(...tasks), language)).toEqual([]);
  },
);

test.for(['en', 'fr'] as const)('in %s it does what people are shown', (language) => {
  const examples = spokenTasks(language).flatMap(({ example }) => example ?? []);

  expect(examples.length).toBeGreaterThan(3);
  expect(examples.filter((said) => planFor(said, 0).type === 'unable')).toEqual([]);
});

test.for([
  ['list the primes up to ten', '2, 3, 5, 7.'],
  ["donner la liste des nombres premiers jusqu'à dix", '2, 3, 5, 7.'],
  ['calculate twelve times seven', '`12 times 7` is **84**.'],
  ['calculer douze fois sept', '`12 fois 7` is **84**.'],
  ['3x4', '`3x4` is **12**.'],
  ['count the words in one two three', 'That has **3** words.\n\n> one two three'],
  ['compter les mots dans un deux trois', 'That has **3** words.\n\n> un deux trois'],
  ['mettre bonjour en majuscules', '> BONJOUR'],
] as const)('"%s" is answered with %s', ([said, text]) => {
  expect(planFor(said, 0)).toMatchObject({ type: 'answer', text });
});

test('spoken words that ask for a question come to the same questions in both languages', () => {
  const colour = planFor('ask me which colour i like', 0);

  expect(colour).toMatchObject({ questions: [{ question: 'Which colour do you like?' }] });
  expect(planFor("me demander quelle couleur j'aime", 0)).toEqual(colour);
  expect(planFor('me poser deux questions', 0)).toEqual(planFor('ask me two questions', 0));
});
