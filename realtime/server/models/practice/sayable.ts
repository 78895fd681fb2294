import { choice, type Grammar, type SpeechLanguage } from '../../../audio/recognition/index.ts';
import type { ModelContext, Sayable } from '../realtimeModel.ts';
import type { Form } from './forms.ts';
import { languageOf } from './language.ts';
import { answerPhrases, openQuestion } from './openQuestion.ts';
import { phrase } from './phrase.ts';
import type { PracticeAgent } from './practiceAgent.ts';
import { RULES } from './rules.ts';

const COURTESY: Readonly<Record<SpeechLanguage, string>> = {
  en: '[please | could you] <request> [please]',
  fr: "<request> [s'il (te | vous) plaît]",
};

/** As much of a conversation as decides what can be said in it. */
type Conversation = Pick<ModelContext, 'items' | 'language'>;

/** How the agent is asked, before its tasks as they are shown to people. */
const ASK_THE_AGENT: Readonly<Record<SpeechLanguage, string>> = {
  en: 'Ask the agent to',
  fr: "Demande à l'agent de",
};

/** All that is understood when it is said now: the skills of model and agent, and answers to an open question. */
export function spokenGrammar(conversation: Conversation, agent: PracticeAgent): Grammar {
  const language = languageOf(conversation);
  const question = openQuestion(conversation, agent);
  const answers = question === undefined ? [] : answerPhrases(question, language);
  const task = grammarOf(agent.tasks(language));
  const requests = grammarOf(
    RULES.map(({ forms }) => forms[language]),
    { task },
  );
  const request = choice(...answers.map((answer) => phrase(answer)), requests);
  return phrase(COURTESY[language], { request });
}

const grammarOf = (
  forms: readonly Pick<Form, 'phrases'>[],
  fillings?: Readonly<Record<string, Grammar>>,
): Grammar =>
  choice(...forms.flatMap(({ phrases }) => phrases.map((each) => phrase(each, fillings))));

/** The same for people: the options of an open question, else an example of each skill worth showing. */
export function sayableNow(context: Conversation, agent: PracticeAgent): Sayable {
  const language = languageOf(context);
  const question = openQuestion(context, agent);
  const options = question?.options ?? [];
  return {
    language,
    phrases: options.length > 0 ? options : examplesOf(language, agent),
  };
}

/** What can be said in a conversation that has just begun. */
export function examplesOf(language: SpeechLanguage, agent: PracticeAgent): readonly string[] {
  const tasks = agent.tasks(language).flatMap(({ example }) => example ?? []);
  const own = RULES.flatMap(({ forms }) => forms[language].example ?? []);
  return [...tasks.map((task) => `${ASK_THE_AGENT[language]} ${task}`), ...own];
}
