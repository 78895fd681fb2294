import { evaluate, formatNumber } from '../../../realtime/server/index.ts';
import { type PracticeQuestion, questionsFor } from './asking.ts';

/** What the practice agent will do about a request. `text` is Markdown. */
export type Plan =
  | { readonly type: 'answer'; readonly task: string; readonly text: string }
  | { readonly type: 'wait'; readonly task: string; readonly seconds: number }
  | {
      readonly type: 'ask';
      readonly task: string;
      readonly questions: readonly PracticeQuestion[];
    }
  | { readonly type: 'fail'; readonly task: string }
  /** Nothing it knows how to do. */
  | { readonly type: 'unable'; readonly task: string; readonly text: string };

type Skill = {
  readonly pattern: RegExp;
  readonly plan: (match: RegExpExecArray, nowMs: number) => Plan | undefined;
};

const MAX_WAIT_SECONDS = 60;
const MAX_PRIMES = 200;
const MAX_REQUEST_CHARACTERS = 20_000;

const answer = (task: string, text: string): Plan => ({ type: 'answer', task, text });

/** In order; the first one that takes the request has it. */
const skills: readonly Skill[] = [
  {
    pattern: /^(?:please |now )?ask me\b(.*)$/isu,
    plan: ([, words = '']) => ({ type: 'ask', task: 'Ask you', questions: questionsFor(words) }),
  },
  {
    pattern: /\bwait(?: for)? (\d+(?:\.\d+)?) ?s(?:ec(?:ond)?s?)?\b/iu,
    plan: ([, amount]) => {
      const seconds = Math.min(Number(amount), MAX_WAIT_SECONDS);
      return { type: 'wait', task: `Wait ${seconds} seconds`, seconds };
    },
  },
  {
    pattern: /\bwhat (?:can|do) you do\b|^(?:help|hello|hi)\b/iu,
    plan: () => answer('Say what I can do', `Hello. I am here to try things out. ${abilities}`),
  },
  {
    pattern: /^(?:please )?fail\b/iu,
    plan: () => ({ type: 'fail', task: 'Fail on purpose' }),
  },
  {
    pattern: /\blong answer\b/iu,
    plan: () => answer('Write a long answer', longAnswer()),
  },
  {
    pattern: /\bmarkdown\b/iu,
    plan: () => answer('Show Markdown', markdownSample),
  },
  {
    pattern: /\bcount(?: the)? (words|letters|characters)(?: (?:in|of))?\s*:?\s+(.+)$/isu,
    plan: ([, unit = '', text = '']) => answer(`Count ${unit}`, count(unit.toLowerCase(), text)),
  },
  {
    pattern: /\breverse\s*:?\s+(.+)$/isu,
    plan: ([, text = '']) =>
      answer('Reverse the text', quote(graphemes(unquote(text)).toReversed().join(''))),
  },
  {
    pattern: /\b(upper|lower) ?case\s*:?\s+(.+)$/isu,
    plan: ([, which = '', text = '']) => {
      const plain = unquote(text);
      const upper = which.toLowerCase() === 'upper';
      return answer(
        `Put the text into ${upper ? 'capitals' : 'small letters'}`,
        quote(upper ? plain.toUpperCase() : plain.toLowerCase()),
      );
    },
  },
  {
    pattern: /\bprimes\b.*?\b(up to|below|under) (\d+)/isu,
    plan: ([, how = '', limit = '']) => {
      const below = Number(limit) + (how.toLowerCase() === 'up to' ? 1 : 0);
      return primesPlan(below, MAX_PRIMES);
    },
  },
  {
    pattern: /\b(\d+) primes?\b/iu,
    plan: ([, amount = '']) => primesPlan(Number.POSITIVE_INFINITY, Number(amount)),
  },
  {
    pattern: /\bprimes\b/iu,
    plan: () => primesPlan(Number.POSITIVE_INFINITY, 20),
  },
  {
    pattern: /\bwhat(?:'s| is) the time\b|\bwhat time\b|\btime is it\b|^time\??$/iu,
    plan: (_match, nowMs) => answer('Look at the clock', `It is **${clockText(nowMs)}**.`),
  },
  {
    pattern: /\bwhat day\b|\b(?:today's|the|what) date\b|^date\??$/iu,
    plan: (_match, nowMs) => answer('Look at the calendar', `Today is **${dateText(nowMs)}**.`),
  },
  {
    // Bounded, because brackets nest by recursion and a search for the end may start anywhere.
    pattern: /[\d.(][\d\s.+\-*/^()×÷−x]{0,200}[\d)]/u,
    plan: ([found]) => {
      const expression = found.replaceAll(/[×x]/gu, '*').replaceAll('÷', '/').replaceAll('−', '-');
      const value = /[-+*/^]/u.test(expression) ? evaluate(expression) : undefined;
      if (value === undefined || !Number.isFinite(value)) return undefined;
      return answer('Calculate', `\`${found.trim()}\` is **${formatNumber(value)}**.`);
    },
  },
];

/** Decides what to do about a request; the same request at the same time gives the same plan. */
export function planFor(request: string, nowMs: number): Plan {
  if (request.length > MAX_REQUEST_CHARACTERS) {
    const text = `That is too long for me: I read at most ${MAX_REQUEST_CHARACTERS} characters.`;
    return { type: 'unable', task: 'Read all of it', text };
  }
  for (const { pattern, plan } of skills) {
    const match = pattern.exec(request);
    const made = match === null ? undefined : plan(match, nowMs);
    if (made !== undefined) return made;
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
