import { digitsIn, type SpeechLanguage } from '../../../audio/recognition/index.ts';
import { SPEECH_LANGUAGES } from './language.ts';

/** How one language says that something is wanted. */
export type Form = {
  /** What these words are, typed or spoken. Numbers are digits for it, however they were said. */
  readonly pattern: RegExp;
  /** What can be said aloud for it, in the notation of `phrase`; each way of it fits `pattern`. */
  readonly phrases: readonly string[];
  /** One of the phrases as it is shown to people, where this is worth a place on their screen. */
  readonly example?: string;
};

/** The same in each language. */
export type Forms = Readonly<Record<SpeechLanguage, Form>>;

export type FormMatch = {
  /** The language of the form that fitted. */
  readonly language: SpeechLanguage;
  readonly match: RegExpExecArray;
};

/**
 * Each of the forms that the words are in, those of `language` first. As they stand first, because
 * what is quoted is not to be changed; then with digits for the numbers in words.
 */
export function* matchForms(
  forms: Forms,
  text: string,
  language: SpeechLanguage,
): Iterable<FormMatch> {
  for (const each of [language, ...SPEECH_LANGUAGES.filter((other) => other !== language)]) {
    for (const words of new Set([text, digitsIn(text, each)])) {
      const match = forms[each].pattern.exec(words);
      if (match !== null) yield { language: each, match };
    }
  }
}
