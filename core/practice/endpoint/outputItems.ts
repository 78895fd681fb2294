import { type TextModelOutput } from '../model/index.ts';

/** An item of a response, as it goes over the wire. */
export type OutputItem = {
  readonly type: string;
  readonly id: string;
  readonly [field: string]: unknown;
};

export type ItemStatus = 'in_progress' | 'completed' | 'incomplete';

/** The message or the reasoning that is being written. */
export type OpenItem = {
  readonly kind: 'message' | 'reasoning';
  readonly id: string;
  readonly phase: string | undefined;
  readonly text: string;
};

/** How one kind of open item is told: the events of its text and of the part it stands in. */
type Telling = {
  readonly prefix: string;
  readonly textDelta: string;
  readonly textDone: string;
  readonly partAdded: string;
  readonly partDone: string;
  /** Which of the item's parts an event is about. */
  readonly index: Readonly<Record<string, number>>;
  /** What deltas and the whole text carry beside it. */
  readonly extra: Readonly<Record<string, unknown>>;
};

export const TELLINGS: Readonly<Record<OpenItem['kind'], Telling>> = {
  message: {
    prefix: 'msg',
    textDelta: 'response.output_text.delta',
    textDone: 'response.output_text.done',
    partAdded: 'response.content_part.added',
    partDone: 'response.content_part.done',
    index: { content_index: 0 },
    extra: { logprobs: [] },
  },
  reasoning: {
    prefix: 'rs',
    textDelta: 'response.reasoning_summary_text.delta',
    textDone: 'response.reasoning_summary_text.done',
    partAdded: 'response.reasoning_summary_part.added',
    partDone: 'response.reasoning_summary_part.done',
    index: { summary_index: 0 },
    extra: {},
  },
};

/** An open item as it stands; while it is in progress, nothing of it is told yet. */
export function itemOf(open: OpenItem, status: ItemStatus): OutputItem {
  const { id, phase } = open;
  const parts = status === 'in_progress' ? [] : [partOf(open)];
  if (open.kind === 'reasoning') return { type: 'reasoning', id, summary: parts };
  return {
    type: 'message',
    id,
    role: 'assistant',
    status,
    content: parts,
    ...(phase !== undefined && { phase }),
  };
}

export function partOf({ kind, text }: OpenItem): Readonly<Record<string, unknown>> {
  return kind === 'message'
    ? { type: 'output_text', text, annotations: [], logprobs: [] }
    : { type: 'summary_text', text };
}

export type CallOutput = Extract<TextModelOutput, { type: 'call' | 'customCall' }>;

/** How a call is told: its item, the field its words are in, and the events they come with. */
export type CallTelling = {
  readonly itemType: string;
  readonly prefix: string;
  readonly field: 'arguments' | 'input';
  readonly eventType: string;
};

export const CALL_TELLINGS: Readonly<Record<CallOutput['type'], CallTelling>> = {
  call: {
    itemType: 'function_call',
    prefix: 'fc',
    field: 'arguments',
    eventType: 'response.function_call_arguments',
  },
  customCall: {
    itemType: 'custom_tool_call',
    prefix: 'ctc',
    field: 'input',
    eventType: 'response.custom_tool_call_input',
  },
};

/** No tokeniser is at work here; four characters to a token is what people reckon with. */
export const CHARACTERS_PER_TOKEN = 4;

export function estimateTokens(text: string): number {
  return Math.ceil(text.length / CHARACTERS_PER_TOKEN);
}
