import type { SpeechLanguage } from '../../../audio/recognition/index.ts';
import type { ModelContext } from '../realtimeModel.ts';

/** The languages that can be understood when they are spoken. */
export const SPEECH_LANGUAGES = ['en', 'fr'] as const satisfies readonly SpeechLanguage[];

/** What the built-in voice can say. It has no other language, and reading one out as this would be noise. */
export const VOICE_LANGUAGE: SpeechLanguage = 'en';

/** `fr-CA` and `FR` are French; what has no recogniser is English. */
function speechLanguageOf(tag: string | undefined): SpeechLanguage {
  const primary = tag?.toLowerCase().split(/[-_]/u, 1)[0];
  return SPEECH_LANGUAGES.find((each) => each === primary) ?? 'en';
}

const SWITCHES: Readonly<Record<SpeechLanguage, RegExp>> = {
  en: /\b(?:speak|talk|switch to|in) english\b|\bparle[rsz]?(?: en)? anglais\b/iu,
  fr: /\b(?:speak|talk|switch to|in) french\b|\bparle[rsz]?(?: en)? français/iu,
};

/** The language that these words, and nothing beside them, ask for. */
export function languageWish(text: string): SpeechLanguage | undefined {
  const isShort = text.trim().split(/\s+/u).length <= MAX_WISH_WORDS;
  return isShort ? SPEECH_LANGUAGES.find((each) => SWITCHES[each].test(text)) : undefined;
}

const MAX_WISH_WORDS = 6;

/** The language the user speaks by now: the one asked for last, else that of the session. */
export function languageOf({
  items,
  language,
}: Pick<ModelContext, 'items' | 'language'>): SpeechLanguage {
  for (const item of items.toReversed()) {
    if (item.type !== 'message' || item.role !== 'user') continue;
    const wish = languageWish(item.text);
    if (wish !== undefined) return wish;
  }
  return speechLanguageOf(language);
}
