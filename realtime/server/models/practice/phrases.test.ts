import { describe, expect, test } from 'vitest';

import { words } from '../../../audio/recognition/index.ts';
import { unsayableWords } from '../../../audio/recognition/testing/index.ts';
import { testAgent, waysToSay } from '../../testing/index.ts';
import { matchForms } from './forms.ts';
import { SPEECH_LANGUAGES } from './language.ts';
import { phrase } from './phrase.ts';
import { type AnswerSetting, RULES, sentencesFor } from './rules.ts';
import { examplesOf, spokenGrammar } from './sayable.ts';

const NUMBERS = {
  en: ['zero', 'fifty', 'one hundred and one'],
  fr: ['zéro', 'cinquante', 'quatre-vingt-dix-sept'],
};
const TASK = { en: 'list the files', fr: 'donner la liste' };

const setting: AnswerSetting = {
  now: new Date(0),
  tools: [testAgent.delegateTool, testAgent.silenceTool],
  agent: testAgent,
  language: 'en',
  isAloud: true,
  isAgentBusy: false,
  toPlayBack: () => [],
};

/** The rule that answers these words. */
function ruleFor(said: string, language: 'en' | 'fr'): number {
  return RULES.findIndex((rule) => {
    for (const { match, language: used } of matchForms(rule.forms, said, language)) {
      const telling = { ...setting, language, used, words: sentencesFor(setting, used) };
      if (rule.answer(match, telling) !== undefined) return true;
    }
    return false;
  });
}

describe.for(SPEECH_LANGUAGES)('in %s', (language) => {
  test.for(RULES.map(({ forms }, index) => [forms[language].phrases, index] as const))(
    'each way to say %j is answered by its own rule',
    ([phrases, index]) => {
      const ways = phrases.flatMap((each) =>
        waysToSay(phrase(each, { task: words(TASK[language]) }), NUMBERS[language]),
      );
      expect(ways.filter((said) => ruleFor(said, language) !== index)).toEqual([]);
    },
  );

  test('no word of it lacks a pronunciation', () => {
    expect(unsayableWords(spokenGrammar({ items: [], language }, testAgent), language)).toEqual([]);
  });

  test('what people are shown is understood as it is shown', () => {
    const shown = examplesOf(language, testAgent);
    expect(shown.length).toBeGreaterThan(5);
    expect(shown.filter((text) => ruleFor(text.replace(/\s*[?.]$/u, ''), language) === -1)).toEqual(
      [],
    );
  });
});

test.for(['', '(', 'a )', '[a', 'a | ', '()'])('"%s" is no phrase', (notation) => {
  expect(() => phrase(notation)).toThrow('Not a phrase');
});
