import { evaluate, formatNumber } from './arithmetic.ts';
import type { PracticeAgent } from './practiceAgent.ts';
import type { ModelOutput } from '../realtimeModel.ts';

export type AnswerSetting = {
  readonly now: Date;
  readonly tools: readonly string[];
  readonly agent: PracticeAgent;
};

const MAX_SUM_CHARS = 200;

const ABILITIES =
  'I can tell the time and the date, do simple sums, count, and repeat after you. ' +
  'Write "ask the agent to" and a task to hand work to the agent, or "be quiet" to keep me silent.';

export const greeting = ({ name }: PracticeAgent): string => `Hello! This is ${name}. ${ABILITIES}`;

const MAX_COUNT = 100;

type Rule = {
  readonly pattern: RegExp;
  answer(match: RegExpExecArray, setting: AnswerSetting): readonly ModelOutput[] | undefined;
};

/** Tried in order; the first that has an answer gives it. */
const RULES: readonly Rule[] = [
  {
    pattern:
      /^(?:ask|have|tell|get|let) (?:the |your |my )?(?:background )?agent,? (?:to )?(?<task>.+)$/isu,
    answer: (match, setting) => delegate(match.groups?.['task'] ?? '', setting),
  },
  {
    pattern: /^(?:be quiet|be silent|keep quiet|stay quiet|stay silent|say nothing|hush)$/iu,
    answer: (_match, { tools, agent: { silenceTool } }) =>
      tools.includes(silenceTool) ? [{ type: 'call', name: silenceTool, arguments: '{}' }] : [],
  },
  {
    pattern:
      /^(?:call|use) (?:the )?(?:tool |function )?(?<name>[\w-]+)(?: with (?<given>\{.*\}))?$/isu,
    answer: (match, { tools }) => callTool(match.groups, tools),
  },
  {
    pattern: /^(?:say|repeat)(?: after me)?[:,]? (?<words>.+)$/isu,
    answer: (match) => say(unquote(match.groups?.['words'] ?? '')),
  },
  {
    pattern: /^count (?:up )?to (?<limit>\d+)$/iu,
    answer: (match) => say(count(Number(match.groups?.['limit']))),
  },
  {
    pattern: /\b(?:what time|the time|what's the time|how late)\b/iu,
    answer: (_match, { now }) => say(`It is ${format(now, { timeStyle: 'short' })}.`),
  },
  {
    pattern: /\b(?:what day|what date|the date|today's date|which day|what is today)\b/iu,
    answer: (_match, { now }) => say(`Today is ${format(now, { dateStyle: 'full' })}.`),
  },
  {
    pattern: /^(?:what is|what's|how much is|calculate|compute)? ?(?<sum>.*\d.*?)(?: =)?$/isu,
    answer: (match) => solve(match.groups?.['sum'] ?? ''),
  },
  {
    pattern: /^(?:help|who are you|what are you|what can (?:you|i) (?:do|say|ask)\b.*)$/iu,
    answer: (_match, { agent }) => say(`I am ${agent.name}. ${ABILITIES}`),
  },
  {
    pattern: /^(?:hello|hi|hey|good (?:morning|afternoon|evening))\b/iu,
    answer: (_match, { agent }) => say(greeting(agent)),
  },
  { pattern: /^(?:thanks|thank you)\b/iu, answer: () => say('You are welcome.') },
];

/** Answers what somebody typed, within the means of a model that is none. */
export function answerTyped(typed: string, setting: AnswerSetting): readonly ModelOutput[] {
  const request = withoutCourtesy(typed);
  for (const rule of RULES) {
    const match = rule.pattern.exec(request);
    const answer = match === null ? undefined : rule.answer(match, setting);
    if (answer !== undefined) return answer;
  }
  return say(`I am only a practice model, so I have no answer to that. ${ABILITIES}`);
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

function delegate(task: string, { tools, agent }: AnswerSetting): readonly ModelOutput[] {
  return tools.includes(agent.delegateTool)
    ? [delegateCall(task, agent)]
    : say('I have no agent in this session that I could ask.');
}

function callTool(
  given: Readonly<Record<string, string | undefined>> | undefined,
  tools: readonly string[],
): readonly ModelOutput[] | undefined {
  const name = given?.['name'] ?? '';
  if (!tools.includes(name)) return undefined;
  return [{ type: 'call', name, arguments: given?.['given'] ?? '{}' }];
}

function solve(sum: string): readonly ModelOutput[] | undefined {
  // Brackets nest by recursion, so there has to be an end to them.
  if (sum.length > MAX_SUM_CHARS) return undefined;
  const signs = sum
    .replaceAll(/\bplus\b/giu, '+')
    .replaceAll(/\bminus\b/giu, '-')
    .replaceAll(/\b(?:times|multiplied by)\b|×/giu, '*')
    .replaceAll(/\b(?:divided by|over)\b|÷/giu, '/');
  // A lone number is no sum.
  const value = /[-+*/^]/u.test(signs) ? evaluate(signs) : undefined;
  if (value === undefined) return undefined;
  if (!Number.isFinite(value)) return say('That has no answer: it divides by zero.');
  return say(`That is ${formatNumber(value)}.`);
}

function count(limit: number): string {
  if (limit === 0) return 'Zero. That was quick.';
  const numbers = Array.from({ length: Math.min(limit, MAX_COUNT) }, (_, index) => index + 1);
  const counted = `${numbers.join(', ')}.`;
  return limit > MAX_COUNT ? `${counted} I stop at ${MAX_COUNT}.` : counted;
}

function say(text: string): readonly ModelOutput[] {
  return [{ type: 'say', text }];
}

function format(now: Date, options: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat('en-GB', options).format(now);
}

/** The request itself: no "please", no "could you", no mark at the end. */
function withoutCourtesy(typed: string): string {
  return typed
    .trim()
    .replace(/^please,? /iu, '')
    .replace(/^(?:can|could|would|will) you (?:please )?(?=\S)/iu, '')
    .replace(/[\s.!?]+$/u, '')
    .replace(/,? please$/iu, '');
}

function unquote(text: string): string {
  return /^["“'](?<inner>.+)["”']$/su.exec(text)?.groups?.['inner'] ?? text;
}
