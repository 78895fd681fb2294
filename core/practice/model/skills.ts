import type { SpeechLanguage } from '../../../realtime/audio/recognition/index.ts';
import { calculate, type Form, formatNumber, matchForms } from '../../../realtime/server/index.ts';
import { questionsFor } from './asking.ts';
import type { Plan, Skill } from './plan.ts';
import { workSkills } from './workSkills.ts';

const MAX_WAIT_SECONDS = 60;
const MAX_PRIMES = 200;
const MAX_REQUEST_CHARACTERS = 20_000;

const answer = (task: string, text: string): Plan => ({ type: 'answer', task, text });

/** Bounded, because brackets nest by recursion and a search for the end may start anywhere. */
const SUM =
  /[\d.(](?:[\d\s.+\-*/^()×÷−x]|plus|minus|times|divided by|moins|fois|divisé par){0,200}[\d)]/iu;

/** In order; the first one that takes the request has it. */
const skills: readonly Skill[] = [
  ...workSkills,
  {
    forms: {
      en: {
        pattern: /^(?:please |now )?ask me\b(.*)$/isu,
        phrases: [
          'ask me (a question | two questions | three questions | for a secret | which colour i like)',
        ],
        example: 'ask me which colour I like',
      },
      fr: {
        pattern: /^(?:de )?me (?:poser|demander) (.*)$/isu,
        phrases: [
          'me poser (une question | deux questions | trois questions)',
          "me demander (quelle couleur j'aime | un mot de passe)",
        ],
        example: "me demander quelle couleur j'aime",
      },
    },
    plan: ([, words = '']) => ({
      type: 'ask',
      task: 'Ask you',
      questions: questionsFor(inEnglish(words)),
    }),
  },
  {
    forms: {
      en: {
        pattern: /\bwait(?: for)? (\d+(?:\.\d+)?) ?s(?:ec(?:ond)?s?)?\b/iu,
        phrases: ['wait [for] <smallNumber> seconds'],
        example: 'wait ten seconds',
      },
      fr: {
        pattern: /\battend(?:re|s|ez)? (\d+(?:\.\d+)?) ?s(?:econdes?)?\b/iu,
        phrases: ['attendre <smallNumber> secondes'],
        example: 'attendre dix secondes',
      },
    },
    plan: ([, amount]) => {
      const seconds = Math.min(Number(amount), MAX_WAIT_SECONDS);
      return { type: 'wait', task: `Wait ${seconds} seconds`, seconds };
    },
  },
  {
    forms: {
      en: {
        pattern: /\b(?:say )?what (?:can |do )?you (?:can )?do\b|^(?:help|hello|hi)\b/iu,
        phrases: ['help', 'say what you can do'],
      },
      fr: {
        pattern: /^(?:aider?\b|bonjour\b|dire ce que tu sais faire)/iu,
        phrases: ['aider', 'dire ce que tu sais faire'],
      },
    },
    plan: () => answer('Say what I can do', `Hello. I am here to try things out. ${abilities}`),
  },
  {
    forms: {
      en: { pattern: /^(?:please )?fail\b/iu, phrases: ['fail [on purpose]'] },
      fr: { pattern: /^échouer?\b/iu, phrases: ['échouer [exprès]'] },
    },
    plan: () => ({ type: 'fail', task: 'Fail on purpose' }),
  },
  {
    forms: {
      en: { pattern: /\blong answer\b/iu, phrases: ['(give [me] | write) a long answer'] },
      fr: { pattern: /\blongue réponse\b/iu, phrases: ['(donner | écrire) une longue réponse'] },
    },
    plan: () => answer('Write a long answer', longAnswer()),
  },
  {
    forms: {
      en: { pattern: /\bmark ?down\b/iu, phrases: ['show [me] mark down'] },
      fr: { pattern: /\bmark ?down\b/iu, phrases: ['montrer du mark down'] },
    },
    plan: () => answer('Show Markdown', markdownSample),
  },
  {
    forms: {
      en: {
        pattern: /\bcount(?: the)? (words|letters|characters)(?: (?:in|of))?\s*:?\s+(.+)$/isu,
        phrases: [
          'count the (words | letters) in (this sentence | one two three | hello | good morning)',
        ],
        example: 'count the words in this sentence',
      },
      fr: {
        pattern: /\bcompter?(?: les)? (mots|lettres|caractères)(?: (?:dans|de))?\s*:?\s+(.+)$/isu,
        phrases: ['compter les (mots | lettres) dans (cette phrase | un deux trois | bonjour)'],
        example: 'compter les mots dans cette phrase',
      },
    },
    plan: ([, unit = '', text = '']) => {
      const counted = unitIn(unit.toLowerCase());
      return answer(`Count ${counted}`, count(counted, text));
    },
  },
  {
    forms: {
      en: {
        pattern: /\breverse\s*:?\s+(.+)$/isu,
        phrases: ['reverse (hello | good morning | one two three)'],
      },
      fr: {
        pattern: /\binverser?\s*:?\s+(.+)$/isu,
        phrases: ['inverser (bonjour | merci | un deux trois)'],
      },
    },
    plan: ([, text = '']) =>
      answer('Reverse the text', quote(graphemes(unquote(text)).toReversed().join(''))),
  },
  {
    forms: {
      en: {
        pattern: /\b(?<which>upper|lower) ?case\s*:?\s+(?<text>.+)$/isu,
        phrases: ['(upper | lower) case (hello | good morning)'],
      },
      fr: {
        pattern: /\bmettre (?<text>.+) en (?<which>majuscules|minuscules)$/isu,
        phrases: ['mettre (bonjour | merci) en (majuscules | minuscules)'],
      },
    },
    plan: ({ groups }) => {
      const plain = unquote(groups?.['text'] ?? '');
      const upper = /^(?:upper|maj)/iu.test(groups?.['which'] ?? '');
      return answer(
        `Put the text into ${upper ? 'capitals' : 'small letters'}`,
        quote(upper ? plain.toUpperCase() : plain.toLowerCase()),
      );
    },
  },
  {
    forms: {
      en: {
        pattern: /\bprimes\b.*?\b(up to|below|under) (\d+)/isu,
        phrases: ['(list | find | tell me) [all] the primes (up to | below | under) <smallNumber>'],
        example: 'list the primes up to fifty',
      },
      fr: {
        pattern: /\bnombres premiers\b.*?(jusqu['’]à|sous|inférieurs à) (\d+)/isu,
        phrases: [
          "[donner | calculer | trouver] [la liste des | les] nombres premiers (jusqu'à | inférieurs à | sous) <smallNumber>",
        ],
        example: "donner les nombres premiers jusqu'à cinquante",
      },
    },
    plan: ([, how = '', limit = '']) => {
      const isWithin = /^(?:up to|jusqu)/iu.test(how);
      return primesPlan(Number(limit) + (isWithin ? 1 : 0), MAX_PRIMES);
    },
  },
  {
    forms: {
      en: {
        pattern: /\b(\d+) primes?\b/iu,
        phrases: ['(list | find | tell me) [the first] <smallNumber> primes'],
      },
      fr: {
        pattern: /\b(\d+) (?:premiers )?nombres premiers\b/iu,
        phrases: ['(donner | trouver) [les] <smallNumber> [premiers] nombres premiers'],
      },
    },
    plan: ([, amount = '']) => primesPlan(Number.POSITIVE_INFINITY, Number(amount)),
  },
  {
    forms: {
      en: { pattern: /\bprimes\b/iu, phrases: ['(list | find | tell me) [some | the] primes'] },
      fr: {
        pattern: /\bnombres premiers\b/iu,
        phrases: ['(donner | trouver) (des | les) nombres premiers'],
      },
    },
    plan: () => primesPlan(Number.POSITIVE_INFINITY, 20),
  },
  {
    forms: {
      en: {
        pattern:
          /\bwhat(?:'s| is) the time\b|\bwhat time\b|\btime is it\b|\btell (?:me )?the time\b|^time\??$/iu,
        phrases: ['tell [me] the time', 'say what time it is'],
      },
      fr: {
        pattern: /\b(?:quelle heure|l['’] ?heure)\b/iu,
        phrases: ["(donner | dire) l'heure", 'dire quelle heure il est'],
      },
    },
    plan: (_match, nowMs) => answer('Look at the clock', `It is **${clockText(nowMs)}**.`),
  },
  {
    forms: {
      en: {
        pattern: /\bwhat day\b|\b(?:today's|the|what) date\b|^date\??$/iu,
        phrases: ['tell [me] (the date | what day it is)'],
      },
      fr: {
        pattern: /\bquel jour\b|\bla date\b/iu,
        phrases: ['(donner | dire) la date', 'dire quel jour nous sommes'],
      },
    },
    plan: (_match, nowMs) => answer('Look at the calendar', `Today is **${dateText(nowMs)}**.`),
  },
  {
    forms: {
      en: {
        pattern: SUM,
        phrases: ['calculate <smallNumber> (plus | minus | times | divided by) <smallNumber>'],
        example: 'calculate twelve times seven',
      },
      fr: {
        pattern: SUM,
        phrases: ['calculer <smallNumber> (plus | moins | fois | divisé par) <smallNumber>'],
        example: 'calculer douze fois sept',
      },
    },
    plan: ([found]) => {
      const value = calculate(found.replaceAll(/\bx\b|(?<=\d)x(?=\d)/gu, '*'));
      if (value === undefined || !Number.isFinite(value)) return undefined;
      return answer('Calculate', `\`${found.trim()}\` is **${formatNumber(value)}**.`);
    },
  },
];

/** What the agent can be asked aloud, skill by skill. */
export const spokenTasks = (language: SpeechLanguage): readonly Omit<Form, 'pattern'>[] =>
  skills.map(({ forms }) => forms[language]);

/** Decides what to do about a request; the same request at the same time gives the same plan. */
export function planFor(request: string, nowMs: number): Plan {
  if (request.length > MAX_REQUEST_CHARACTERS) {
    const text = `That is too long for me: I read at most ${MAX_REQUEST_CHARACTERS} characters.`;
    return { type: 'unable', task: 'Read all of it', text };
  }
  for (const { forms, plan } of skills) {
    for (const { match } of matchForms(forms, request, 'en')) {
      const made = plan(match, nowMs);
      if (made !== undefined) return made;
    }
  }
  const text = `That is beyond me: I follow fixed rules and no language model is at work. ${abilities}`;
  return { type: 'unable', task: 'See what I can do about it', text };
}

const abilities = `I can

- tell the **time** or the **date**
- **calculate**, for example \`(3 + 4) * 12\`
- **count words** or **letters**, **reverse** a text, put it into **upper case** or **lower case**
- list **primes**, for example *primes up to 50*
- **wait 10 seconds**, so that you can try to interrupt me
- **ask me which colour I like**, two questions, or for a secret, and wait for the answer
- work with files and commands, for example *make a file called notes with hello*, *say what is in this folder*,
  *run the tests*, *undo that*; in what \`parley practice-repo\` makes also *fix the failing test*
- **fail**, so that you can see what a failure looks like
- give a **long answer**, or show **markdown**

To get real answers, set up a provider in the configuration.`;

const markdownSample = `## A heading

Text with **strong** and *stressed* words, \`code\`, and a list:

1. first
2. second

| colour | hex |
| --- | --- |
| teal | \`#008080\` |
| coral | \`#ff7f50\` |

\`\`\`ts
const greeting: string = 'hello';
\`\`\`

> A quotation ends the sample.`;

function longAnswer(): string {
  const paragraphs = Array.from({ length: 12 }, (_, index) => {
    const number = index + 1;
    return `${number}. This is paragraph ${number} of 12. It says nothing new: it is here so that you can watch text arrive piece by piece, scroll while it does, and stop it half way.`;
  });
  return ['### A long answer', ...paragraphs].join('\n\n');
}

function count(unit: string, quoted: string): string {
  const text = unquote(quoted);
  const words = text.match(/[\p{L}\p{N}]+(?:['’-][\p{L}\p{N}]+)*/gu) ?? [];
  const letters = text.match(/\p{L}/gu) ?? [];
  const amounts: Readonly<Record<string, number>> = {
    words: words.length,
    letters: letters.length,
    characters: graphemes(text).length,
  };
  const amount = amounts[unit] ?? 0;
  const counted = amount === 1 ? unit.replace(/s$/u, '') : unit;
  return `That has **${amount}** ${counted}.\n\n${quote(text)}`;
}

function primesPlan(below: number, wanted: number): Plan {
  const found: number[] = [];
  const most = Math.min(wanted, MAX_PRIMES);
  for (let candidate = 2; candidate < below && found.length < most; candidate += 1) {
    if (found.every((prime) => candidate % prime !== 0)) found.push(candidate);
  }
  const list = found.length === 0 ? 'There are none.' : `${found.join(', ')}.`;
  const cut = found.length === MAX_PRIMES ? ` I stop at ${MAX_PRIMES} of them.` : '';
  return answer('Find the primes', `${list}${cut}`);
}

function unitIn(word: string): string {
  if (word === 'mots') return 'words';
  if (word === 'lettres') return 'letters';
  return word === 'caractères' ? 'characters' : word;
}

/** The agent asks in English; what it can be told to ask in French comes to the same questions. */
function inEnglish(words: string): string {
  if (/\bcouleur\b/iu.test(words)) return 'which colour I like';
  if (/\b(?:secret|mot de passe)\b/iu.test(words)) return 'for a secret';
  if (/\b(?:deux|2) questions\b/iu.test(words)) return 'two questions';
  if (/\b(?:trois|3) questions\b/iu.test(words)) return 'three questions';
  return words.replace(/^\s*une question\b/iu, 'a question').replaceAll(/\bi\b/gu, 'I');
}

/** Splits into what people see as characters, so that emoji and accents survive. */
function graphemes(text: string): string[] {
  return Array.from(new Intl.Segmenter().segment(text), ({ segment }) => segment);
}

function unquote(text: string): string {
  return text.trim().replace(/^(["'“])(.*)["'”]$/su, '$2');
}

function quote(text: string): string {
  return text.replaceAll(/^/gmu, '> ');
}

function clockText(nowMs: number): string {
  return new Intl.DateTimeFormat('en-GB', { timeStyle: 'short' }).format(nowMs);
}

function dateText(nowMs: number): string {
  return new Intl.DateTimeFormat('en-GB', { dateStyle: 'full' }).format(nowMs);
}
