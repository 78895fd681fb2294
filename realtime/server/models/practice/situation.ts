import type { PracticeAgent } from './practiceAgent.ts';
import type { HeardAudio, ModelContext, ModelItem } from '../realtimeModel.ts';

export type ToolResult = {
  readonly name: string;
  readonly output: string;
  /** What the agent reported between the call and its output, oldest first. */
  readonly reports: readonly string[];
};

/** What has happened since the assistant last spoke or called; the rest has been answered. */
export type Situation = {
  readonly results: readonly ToolResult[];
  /** The newest turn of the user, typed or with a known transcript. */
  readonly typed: string | undefined;
  /** The newest turn of the user, when only its sound is known. */
  readonly heard: HeardAudio | undefined;
  /** The newest turn of the user holds neither words nor sound, so it must be a picture. */
  readonly pictured: boolean;
  /** A report of the agent that no tool output has concluded yet. */
  readonly report: string | undefined;
  /** Messages of role developer or system: to be obeyed, not answered. */
  readonly controlled: boolean;
  /** A call of the agent has no output yet. */
  readonly isAgentBusy: boolean;
};

type Ways = Pick<PracticeAgent, 'typedPrefix' | 'reportPrefix' | 'delegateTool'>;

export function assess(
  { items }: ModelContext,
  { typedPrefix, reportPrefix, delegateTool }: Ways,
): Situation {
  const reportOf = (item: ModelItem): string | undefined => reportIn(item, reportPrefix);
  const answered = items.findLastIndex(
    (item) => item.type === 'call' || (item.type === 'message' && item.role === 'assistant'),
  );
  const open = items.slice(answered + 1);
  const turn = open.findLast((item) => isUserTurn(item, reportPrefix));
  const reports = open.map(reportOf).filter((report) => report !== undefined);
  return {
    results: open.flatMap((item, index) =>
      item.type === 'callOutput'
        ? [describeResult(items, answered + 1 + index, item, reportOf)]
        : [],
    ),
    typed: turn === undefined || turn.text === '' ? undefined : stripPrefix(turn.text, typedPrefix),
    heard: turn?.text === '' ? turn.heard : undefined,
    pictured: turn?.text === '' && turn.heard === undefined,
    report: reports.at(-1),
    controlled: open.some((item) => item.type === 'message' && isControl(item)),
    isAgentBusy: items.some(
      (item) =>
        item.type === 'call' && item.name === delegateTool && !isAnswered(items, item.callId),
    ),
  };
}

const isAnswered = (items: readonly ModelItem[], callId: string): boolean =>
  items.some((item) => item.type === 'callOutput' && item.callId === callId);

type Message = Extract<ModelItem, { type: 'message' }>;

function isUserTurn(item: ModelItem, reportPrefix: string): item is Message {
  return (
    item.type === 'message' && item.role === 'user' && reportIn(item, reportPrefix) === undefined
  );
}

function isControl({ role }: Message): boolean {
  return role === 'developer' || role === 'system';
}

/** What the agent says in this item, if it is the agent's. */
export function reportIn(item: ModelItem, prefix: string): string | undefined {
  if (item.type !== 'message' || item.role !== 'user') return undefined;
  return item.text.startsWith(prefix) ? item.text.slice(prefix.length) : undefined;
}

function describeResult(
  items: readonly ModelItem[],
  at: number,
  { callId, output }: Extract<ModelItem, { type: 'callOutput' }>,
  reportOf: (item: ModelItem) => string | undefined,
): ToolResult {
  const calledAt = items.findIndex((item) => item.type === 'call' && item.callId === callId);
  const call = items[calledAt];
  const between = items.slice(calledAt + 1, at).map(reportOf);
  return {
    name: call?.type === 'call' ? call.name : '',
    output,
    reports: between.filter((report) => report !== undefined),
  };
}

function stripPrefix(text: string, prefix: string): string {
  return text.startsWith(prefix) ? text.slice(prefix.length) : text;
}
