import type { SpeechLanguage } from '../../../audio/recognition/index.ts';
import type { ModelContext } from '../realtimeModel.ts';
import { withoutCourtesy } from './courtesy.ts';
import { SPEECH_LANGUAGES } from './language.ts';
import { digitsIn } from '../../../audio/recognition/index.ts';
import type { PracticeAgent } from './practiceAgent.ts';
import { reportIn } from './situation.ts';

/** What the agent waits for. */
export type OpenQuestion = { readonly question: string; readonly options: readonly string[] };

/** The question that is open by now: the last one asked, unless it was answered or taken back. */
export function openQuestion(
  { items }: Pick<ModelContext, 'items'>,
  agent: PracticeAgent,
): OpenQuestion | undefined {
  let open: OpenQuestion | undefined;
  for (const item of items) {
    // What is handed over while a question is open is its answer.
    if (item.type === 'call' && item.name === agent.delegateTool) open = undefined;
    const report = reportIn(item, agent.reportPrefix);
    const news = report === undefined ? undefined : agent.readQuestion(report);
    if (news !== undefined) open = news.type === 'asked' ? news : undefined;
  }
  return open;
}

type Choosing = {
  readonly yes: RegExp;
  readonly no: RegExp;
  /** Names the place of an option in their list, from one on; `last` is the last. */
  readonly place: RegExp;
  readonly ordinals: readonly string[];
  readonly last: string;
  /** The same to be said aloud, in the notation of `phrase`. */
  readonly phrases: (options: number) => readonly string[];
};

const CHOOSING: Readonly<Record<SpeechLanguage, Choosing>> = {
  en: {
    yes: /^(?:yes|yeah|yep)$/iu,
    no: /^(?:no|nope)$/iu,
    place: /^(?:(?:the )?(?<ordinal>\w+)(?: one| option)?|(?:number|option) (?<number>\d+))$/iu,
    ordinals: ['first', 'second', 'third', 'fourth', 'fifth', 'sixth'],
    last: 'last',
    phrases: (options) => [
      `the (${['first', 'second', 'third', 'fourth', 'fifth', 'sixth'].slice(0, options).join(' | ')} | last) [one]`,
    ],
  },
  fr: {
    yes: /^(?:oui|ouais)$/iu,
    no: /^non$/iu,
    place: /^(?:(?:le |la )?(?<ordinal>\p{L}+)|(?:le )?numéro (?<number>\d+))$/iu,
    ordinals: ['premi', 'deuxi', 'troisi', 'quatri', 'cinqui', 'sixi'],
    last: 'derni',
    phrases: (options) => [
      `(le | la) (${[
        'premier | première',
        'deuxième',
        'troisième',
        'quatrième',
        'cinquième',
        'sixième',
      ]
        .slice(0, options)
        .join(' | ')} | dernier | dernière)`,
    ],
  },
};

/** What can be said aloud to it, in the notation of `phrase`. */
export function answerPhrases(
  { options }: OpenQuestion,
  language: SpeechLanguage,
): readonly string[] {
  if (options.length === 0) return ['<number>', '<date>', '<time>'];
  const labels = options.map(sayableLabel).filter((label) => label !== '');
  return [
    ...(labels.length === 0 ? [] : [`[the] (${labels.join(' | ')}) [one]`]),
    ...CHOOSING[language].phrases(options.length),
  ];
}

/** Words alone: marks of the notation and of writing are not said. */
const sayableLabel = (label: string): string =>
  label
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}' -]+/gu, ' ')
    .trim();

/** The option these words choose: by its name, by its place, by yes or no. */
export function chosenOption({ options }: OpenQuestion, said: string): string | undefined {
  const words = withoutCourtesy(said);
  const bare = sayableLabel(words);
  const named = options.find((option) => {
    const label = sayableLabel(option);
    return (
      label !== '' && [label, `the ${label}`, `the ${label} one`, `${label} one`].includes(bare)
    );
  });
  if (named !== undefined) return named;
  for (const language of SPEECH_LANGUAGES) {
    const { yes, no } = CHOOSING[language];
    if (yes.test(words)) return options.find((option) => /^yes\b/iu.test(option));
    if (no.test(words)) return options.find((option) => /^no\b/iu.test(option));
    const place = placeIn(words, language) ?? placeIn(digitsIn(words, language), language);
    const option = place === undefined ? undefined : options.at(place);
    if (option !== undefined) return option;
  }
  return undefined;
}

function placeIn(words: string, language: SpeechLanguage): number | undefined {
  const { place, ordinals, last } = CHOOSING[language];
  const { ordinal, number } = place.exec(words)?.groups ?? {};
  if (number !== undefined) return Number(number) - 1;
  const word = ordinal?.toLowerCase();
  if (word === undefined) return undefined;
  if (word.startsWith(last)) return -1;
  const index = ordinals.findIndex((each) => word.startsWith(each));
  return index === -1 ? undefined : index;
}
