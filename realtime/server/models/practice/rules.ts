import type { SpeechLanguage } from '../../../audio/recognition/index.ts';
import { formatNumber } from './arithmetic.ts';
import { calculate } from './calculation.ts';
import type { Form, Forms } from './forms.ts';
import { languageWish, VOICE_LANGUAGE } from './language.ts';
import type { PracticeAgent } from './practiceAgent.ts';
import type { ModelOutput } from '../realtimeModel.ts';
import { FRENCH_ALOUD, type Sentences, SENTENCES } from './sentences.ts';

export type AnswerSetting = {
  readonly now: Date;
  readonly tools: readonly string[];
  readonly agent: PracticeAgent;
  /** What the user speaks by now; words of another one are understood as well. */
  readonly language: SpeechLanguage;
  /** The answer is said by the voice of the box, whose language it has to be. */
  readonly isAloud: boolean;
  /** The agent has not answered a call yet. */
  readonly isAgentBusy: boolean;
  /** The newest spoken turn before this one, as far as its sound is kept, else this one. */
  readonly toPlayBack: () => readonly ModelOutput[] | undefined;
};

/** The setting, the language that was used, and what to say in the language of this answer. */
export type Telling = AnswerSetting & { readonly used: SpeechLanguage; readonly words: Sentences };

const MAX_COUNT = 100;

/** Something the model can do, how it is asked for, and what comes of it. */
export type Rule = {
  readonly forms: Forms;
  answer(match: RegExpExecArray, telling: Telling): readonly ModelOutput[] | undefined;
};

/** What is typed only: its words are free, and what can be recognised is not. */
const typedOnly = (pattern: RegExp): Forms => {
  const form: Form = { pattern, phrases: [] };
  return { en: form, fr: form };
};

export const NEVER_MIND: Rule = {
  forms: {
    en: {
      pattern: /^(?:never ?mind|forget (?:it|that)|cancel (?:it|that))$/iu,
      phrases: ['never mind', 'forget (it | that)', 'cancel (it | that)'],
    },
    fr: {
      pattern: /^(?:laisse(?:z)? tomber|oubliez?(?: ça)?|ça ne fait rien|tant pis)$/iu,
      phrases: ['laisse tomber', 'oublie [ça]', 'ça ne fait rien', 'tant pis'],
    },
  },
  answer: (_match, { words }) => say(words.neverMind),
};

export const YES_OR_NO: Rule = {
  forms: {
    en: { pattern: /^(?:yes|no)$/iu, phrases: ['yes', 'no'] },
    fr: { pattern: /^(?:oui|non)$/iu, phrases: ['oui', 'non'] },
  },
  answer: (_match, { words }) => say(words.nothingAsked),
};

/** Tried in order; the first that has an answer gives it. */
export const RULES: readonly Rule[] = [
  {
    forms: {
      en: {
        pattern:
          /^(?:ask|have|tell|get|let) (?:the |your |my )?(?:background )?agent,? (?:to )?(?<task>.+)$/isu,
        phrases: ['(ask | tell | have | get) (the | your) agent to <task>'],
      },
      fr: {
        pattern:
          /^(?:demandez?|dis|dites) à (?:l['’] ?|ton |votre )?agent,? (?:de |d['’] ?)?(?<task>.+)$/isu,
        phrases: ["(demande | demandez | dis | dites) à l'agent [de | d'] <task>"],
      },
    },
    answer: (match, telling) => delegate(match.groups?.['task'] ?? '', telling),
  },
  {
    forms: {
      en: {
        pattern: /^(?:(?:be|keep|stay) (?:quiet|silent)|say nothing|hush|quiet)$/iu,
        phrases: ['(be | keep | stay) (quiet | silent)', 'say nothing', 'hush', 'quiet'],
        example: 'Be quiet',
      },
      fr: {
        pattern: /^(?:tais[- ]toi|taisez[- ]vous|silence|chut|restez? silencieux|ne dis rien)$/iu,
        phrases: ['tais toi', 'silence', 'chut', 'reste silencieux', 'ne dis rien'],
        example: 'Silence',
      },
    },
    answer: (_match, { tools, agent: { silenceTool } }) =>
      tools.includes(silenceTool) ? [{ type: 'call', name: silenceTool, arguments: '{}' }] : [],
  },
  {
    forms: typedOnly(
      /^(?:call|use) (?:the )?(?:tool |function )?(?<name>[\w-]+)(?: with (?<given>\{.*\}))?$/isu,
    ),
    answer: (match, { tools }) => callTool(match.groups, tools),
  },
  {
    forms: {
      en: {
        pattern: /^(?:echo|(?:play|repeat) (?:that|it|me)(?: back)?|play back)$/iu,
        phrases: ['echo', 'play (that | it | me) [back]', 'repeat that'],
        example: 'Play that back',
      },
      fr: {
        pattern: /^(?:écho|rejoue(?:[- ]moi)?(?: ça)?|fais[- ](?:moi )?(?:ré)?écouter ça)$/iu,
        phrases: ['écho', 'rejoue ça', 'fais moi écouter ça'],
        example: 'Rejoue ça',
      },
    },
    answer: (_match, { toPlayBack, words }) => toPlayBack() ?? say(words.nothingToPlay),
  },
  {
    forms: {
      en: {
        pattern: /^(?:say|repeat)(?: after me)?[:,]? (?<words>.+)$/isu,
        phrases: [
          '(say | repeat after me) (hello | good morning | good evening | good night | thank you)',
        ],
      },
      fr: {
        pattern:
          /^(?:dis(?![- ]moi)|dites(?![- ]moi)|répète|répétez)(?: après moi)?[:,]? (?<words>.+)$/isu,
        phrases: ['(dis | répète) (bonjour | bonsoir | bonne nuit | merci)'],
      },
    },
    answer: (match) => say(unquote(match.groups?.['words'] ?? '')),
  },
  {
    forms: {
      en: {
        pattern: /^count (?:up )?to (?<limit>\d+)$/iu,
        phrases: ['count [up] to <smallNumber>'],
        example: 'Count to ten',
      },
      fr: {
        pattern: /^comptez? jusqu['’]à (?<limit>\d+)$/iu,
        phrases: ["(compte | comptez) jusqu'à <smallNumber>"],
        example: "Compte jusqu'à dix",
      },
    },
    answer: (match, { words }) => say(count(Number(match.groups?.['limit']), words)),
  },
  {
    forms: {
      en: {
        pattern: /\b(?:what time|the time|what's the time|how late)\b/iu,
        phrases: ['what time is it', "(what is | what's | tell me) the time"],
        example: 'What time is it?',
      },
      fr: {
        pattern: /^(?:quelle heure\b.*|il est quelle heure|(?:donne|dis)[- ]moi l['’] ?heure)$/iu,
        phrases: ['quelle heure est il', 'il est quelle heure', "(donne | dis) moi l'heure"],
        example: 'Quelle heure est-il ?',
      },
    },
    answer: (_match, { now, words }) =>
      say(words.time(format(now, words.locale, { timeStyle: 'short' }))),
  },
  {
    forms: {
      en: {
        pattern: /\b(?:what day|what date|the date|today's date|which day|what is today)\b/iu,
        phrases: [
          '(what | which) day is it [today]',
          "(what is | what's) (the date [today] | today's date)",
          'what date is it [today]',
        ],
        example: 'What day is it?',
      },
      fr: {
        pattern: /^(?:quel jour\b.*|on est quel jour|quelle (?:est la )?date\b.*|la date.*)$/iu,
        phrases: [
          "quel jour (sommes nous | est ce) [aujourd'hui]",
          'on est quel jour',
          "quelle est la date [d'aujourd'hui]",
        ],
        example: 'Quel jour sommes-nous ?',
      },
    },
    answer: (_match, { now, words }) =>
      say(words.date(format(now, words.locale, { dateStyle: 'full' }))),
  },
  {
    forms: {
      en: {
        pattern: /^(?:what is|what's|how much is|calculate|compute)? ?(?<sum>.*\d.*?)(?: =)?$/isu,
        phrases: [
          "(what is | what's | how much is) <smallNumber> (plus | minus | times | divided by) <smallNumber>",
        ],
        example: 'What is seven times eight?',
      },
      fr: {
        pattern: /^(?:combien (?:font|fait)|calculez?)? ?(?<sum>.*\d.*?)(?: =)?$/isu,
        phrases: [
          '(combien font | combien fait) <smallNumber> (plus | moins | fois | divisé par) <smallNumber>',
        ],
        example: 'Combien font sept fois huit ?',
      },
    },
    answer: (match, telling) => solve(match.groups?.['sum'] ?? '', telling),
  },
  {
    forms: {
      en: {
        pattern:
          /^(?:help(?: me)?|who are you|what are you|what can (?:you|i) (?:do|say|ask)\b.*)$/iu,
        phrases: ['help [me]', '(who | what) are you', 'what can (you do | i say | i ask | i do)'],
        example: 'What can I say?',
      },
      fr: {
        pattern:
          /^(?:(?:à l['’] ?)?aide(?:[- ]moi)?|qui es[- ]tu|que (?:peux|sais)[- ]tu faire|qu['’] ?est[- ]ce que (?:tu sais faire|je peux dire)|que puis[- ]je (?:dire|demander))$/iu,
        phrases: [
          'aide [moi]',
          "à l'aide",
          'qui es tu',
          'que (peux | sais) tu faire',
          "qu'est ce que (tu sais faire | je peux dire)",
          'que puis je (dire | demander)',
        ],
        example: 'Que puis-je dire ?',
      },
    },
    answer: (_match, told) => introduce(told, 'introduction'),
  },
  {
    forms: {
      en: {
        pattern: /^(?:hello|hi|hey|good (?:morning|afternoon|evening))\b/iu,
        phrases: ['(hello | hi | hey) [parley]', 'good (morning | afternoon | evening)'],
      },
      fr: { pattern: /^(?:bonjour|bonsoir|salut)\b/iu, phrases: ['bonjour', 'bonsoir', 'salut'] },
    },
    answer: (_match, told) => introduce(told, 'greeting'),
  },
  {
    forms: {
      en: { pattern: /^(?:thanks|thank you)\b/iu, phrases: ['thanks', 'thank you [very much]'] },
      fr: { pattern: /^merci\b/iu, phrases: ['merci [beaucoup]'] },
    },
    answer: (_match, { words }) => say(words.welcome),
  },
  {
    // Either language is asked for in either: who wants the other one speaks it already.
    forms: {
      en: {
        pattern:
          /^(?:speak|talk|switch to|parle|parlez|parler)(?: in| en)? (?:english|french|anglais|français)$/iu,
        phrases: ['(speak | switch to) (english | french)', 'parle français'],
        example: 'Speak French',
      },
      fr: {
        pattern:
          /^(?:speak|talk|switch to|parle|parlez|parler)(?: in| en)? (?:english|french|anglais|français)$/iu,
        phrases: ['(parle | parlez) (français | anglais)', 'speak english'],
        example: 'Parle anglais',
      },
    },
    answer: (match, { isAloud }) => {
      const wanted = languageWish(match[0]) ?? VOICE_LANGUAGE;
      return say(isAloud && wanted !== VOICE_LANGUAGE ? FRENCH_ALOUD : SENTENCES[wanted].language);
    },
  },
  {
    forms: {
      en: {
        pattern: /^(?:(?:you can |you may )?(?:speak|talk) (?:again|aloud|to me again))$/iu,
        phrases: ['[you can] (speak | talk) (again | aloud)'],
      },
      fr: {
        pattern: /^(?:(?:tu peux )?(?:parle|parler|reparle|reparler)(?: de nouveau| encore)?)$/iu,
        phrases: ['parle de nouveau', 'tu peux parler', 'reparle'],
      },
    },
    answer: (_match, { words }) => say(words.here),
  },
  NEVER_MIND,
  {
    forms: {
      en: {
        pattern: /^(?:stop(?: it| that)?|wait|enough|pause)$/iu,
        phrases: ['stop [it | that]', 'wait', 'enough'],
      },
      fr: {
        pattern: /^(?:stop|arrêtez?(?:[- ]toi)?|attends|ça suffit)$/iu,
        phrases: ['stop', 'arrête', 'attends', 'ça suffit'],
      },
    },
    // Whoever said it has stopped the voice by speaking; there is nothing to add, unless work goes on.
    answer: (_match, { isAgentBusy, words }) => (isAgentBusy ? say(words.agentWorksOn) : []),
  },
  YES_OR_NO,
];

export function sentencesFor(
  { isAloud }: Pick<AnswerSetting, 'isAloud'>,
  language: SpeechLanguage,
): Sentences {
  return SENTENCES[isAloud ? VOICE_LANGUAGE : language];
}

/** Says who speaks, and what can be done here. */
export function introduce(
  { agent, words, used, isAloud }: Telling,
  how: 'greeting' | 'introduction',
): readonly ModelOutput[] {
  const name = agent.name[isAloud ? VOICE_LANGUAGE : used];
  return say(`${words[how](name)} ${words.abilities}`);
}

/** Hands work to the agent. */
export function delegateCall(
  task: string,
  { delegateTool, requestField }: PracticeAgent,
): ModelOutput {
  return {
    type: 'call',
    name: delegateTool,
    arguments: JSON.stringify({ [requestField]: task }),
  };
}

function delegate(task: string, { tools, agent, words }: Telling): readonly ModelOutput[] {
  return tools.includes(agent.delegateTool) ? [delegateCall(task, agent)] : say(words.noAgent);
}

function callTool(
  given: Readonly<Record<string, string | undefined>> | undefined,
  tools: readonly string[],
): readonly ModelOutput[] | undefined {
  const name = given?.['name'] ?? '';
  if (!tools.includes(name)) return undefined;
  return [{ type: 'call', name, arguments: given?.['given'] ?? '{}' }];
}

function solve(sum: string, { words }: Telling): readonly ModelOutput[] | undefined {
  const value = calculate(sum);
  if (value === undefined) return undefined;
  return say(Number.isFinite(value) ? words.sum(formatNumber(value)) : words.noSum);
}

function count(limit: number, words: Sentences): string {
  if (limit === 0) return words.zero;
  const numbers = Array.from({ length: Math.min(limit, MAX_COUNT) }, (_, index) => index + 1);
  const counted = `${numbers.join(', ')}.`;
  return limit > MAX_COUNT ? `${counted} ${words.stoppedAt(MAX_COUNT)}` : counted;
}

function say(text: string): readonly ModelOutput[] {
  return [{ type: 'say', text }];
}

function format(now: Date, locale: string, options: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat(locale, options).format(now);
}

function unquote(text: string): string {
  return /^["“'](?<inner>.+)["”']$/su.exec(text)?.groups?.['inner'] ?? text;
}
