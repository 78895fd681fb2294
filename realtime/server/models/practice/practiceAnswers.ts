import type { ModelOutput } from '../realtimeModel.ts';
import { withoutCourtesy } from './courtesy.ts';
import { matchForms } from './forms.ts';
import type { SpeechLanguage } from '../../../audio/recognition/index.ts';
import { digitsIn } from '../../../audio/recognition/index.ts';
import { chosenOption, type OpenQuestion } from './openQuestion.ts';
import {
  type AnswerSetting,
  delegateCall,
  introduce,
  NEVER_MIND,
  RULES,
  sentencesFor,
  type Telling,
  YES_OR_NO,
} from './rules.ts';

/**
 * Answers what somebody typed or is known to have said, within the means of a model that is none. While
 * the agent waits for an answer, that is what words are taken for that are no request.
 */
export function answerTyped(
  typed: string,
  setting: AnswerSetting,
  question: OpenQuestion | undefined,
): readonly ModelOutput[] {
  const { agent, tools, language } = setting;
  const isAsked = question !== undefined && tools.includes(agent.delegateTool);
  const chosen = isAsked ? chosenOption(question, typed) : undefined;
  if (chosen !== undefined) return [delegateCall(chosen, agent)];
  const request = withoutCourtesy(typed);
  for (const rule of RULES) {
    if (isAsked && rule === YES_OR_NO) continue;
    for (const { match, language: used } of matchForms(rule.forms, request, language)) {
      const told = telling(setting, used);
      const answered =
        isAsked && rule === NEVER_MIND
          ? [say(told.words.neverMindQuestion)]
          : rule.answer(match, told);
      if (answered !== undefined) return answered;
    }
  }
  if (isAsked) return [delegateCall(answerIn(request, language), agent)];
  const { words } = telling(setting, language);
  return [say(`${words.unknownText} ${words.abilities}`)];
}

/** The first words of a conversation in which nothing was said yet. */
export function greet(setting: AnswerSetting): readonly ModelOutput[] {
  return introduce(telling(setting, setting.language), 'greeting');
}

/** A number alone is meant as one, however it was said. */
function answerIn(request: string, language: SpeechLanguage): string {
  const digits = digitsIn(request, language);
  return /^[\d.]+$/u.test(digits) ? digits : request;
}

/** In the language that was used, unless it is said aloud: the voice has one only. */
function telling(setting: AnswerSetting, used: SpeechLanguage): Telling {
  return { ...setting, words: sentencesFor(setting, used), used };
}

const say = (text: string): ModelOutput => ({ type: 'say', text });
