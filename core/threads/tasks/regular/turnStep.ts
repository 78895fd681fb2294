import { assertNever } from '../../../base/index.ts';
import {
  answeredCallId,
  type MessageItem,
  type ResponseItem,
  textMessage,
} from '../../../model/index.ts';
import type { TurnError } from '../../../protocol/index.ts';
import { STOPPED_OUTPUT, type ToolCall, type ToolResult } from '../../../tools/index.ts';
import type { ClientMetadata, TurnInput, TurnOutcome } from '../task.ts';
import { type AnswerCall, asCall, outputOf } from './calls.ts';

/**
 * The regular turn: tells the model what was said, samples, runs the calls, and samples again until the
 * model is done and nothing more has been said. Every decision of it is here; `RegularTurn` performs
 * the effects and reports what came of them.
 */

type Going = {
  /** What has been said and the model has not been told yet, in order. */
  readonly pending: readonly TurnInput[];
  readonly metadata: ClientMetadata | undefined;
  /** Counts the samplings, so that what one says late is not taken for the next one's. */
  readonly round: number;
  /** Once for each sampling, and no more in this turn when it has brought nothing. */
  readonly compaction: 'possible' | 'done' | 'useless';
};

export type TurnState =
  /** Waits for the way to the model. */
  | (Going & { readonly phase: 'opening' })
  /** Makes a message of `reading`, which may lead to files. */
  | (Going & { readonly phase: 'telling'; readonly reading: TurnInput })
  | (Going & {
      readonly phase: 'sampling';
      /** Calls the history knows of and that have no output yet. */
      readonly calls: readonly AnswerCall[];
      /** What the model had begun to say when its answer ended. */
      readonly begun: readonly MessageItem[];
      readonly isStopping: boolean;
    })
  /** The history is being made shorter, so that the model can be asked at all. */
  | (Going & {
      readonly phase: 'compacting';
      /** Why the model could not be asked, where it said so itself. */
      readonly refusal: TurnError | undefined;
      readonly isStopping: boolean;
    })
  | (Going & {
      readonly phase: 'calling';
      readonly calls: readonly AnswerCall[];
      readonly isStopping: boolean;
    })
  /** It is over, but not all that was said has been told: that belongs into the history, too. */
  | (Going & {
      readonly phase: 'closing';
      readonly reading: TurnInput;
      readonly outcome: TurnOutcome;
    })
  | { readonly phase: 'ended'; readonly outcome: TurnOutcome };

export type TurnFact =
  | { readonly type: 'joined'; readonly input: TurnInput }
  | { readonly type: 'interruptRequested' }
  | { readonly type: 'opened' }
  | { readonly type: 'openingFailed'; readonly error: TurnError }
  | {
      readonly type: 'inputRead';
      readonly input: TurnInput;
      /** The message, behind what the client has the model know beside it. */
      readonly items: readonly ResponseItem[];
    }
  | { readonly type: 'inputUnreadable'; readonly input: TurnInput; readonly error: TurnError }
  | { readonly type: 'itemDone'; readonly round: number; readonly item: ResponseItem }
  /** What the model had begun to say when its answer ended; no repeat has said it again. */
  | { readonly type: 'messageInterrupted'; readonly round: number; readonly item: MessageItem }
  | { readonly type: 'sampled'; readonly round: number; readonly endTurn: boolean | undefined }
  | { readonly type: 'samplingFailed'; readonly round: number; readonly error: TurnError }
  /** What the model is to be told now is more than it takes. */
  | { readonly type: 'windowFull'; readonly round: number }
  | { readonly type: 'compacted'; readonly round: number; readonly isStillFull: boolean }
  | { readonly type: 'compactionFailed'; readonly round: number }
  /** One output for each call, in their order. */
  | { readonly type: 'called'; readonly round: number; readonly outputs: readonly ToolResult[] };

export type TurnEffect =
  | { readonly type: 'open' }
  | { readonly type: 'readInput'; readonly input: TurnInput }
  | { readonly type: 'setClientMetadata'; readonly metadata: ClientMetadata }
  /** Adds to what the model is told. */
  | { readonly type: 'record'; readonly items: readonly ResponseItem[] }
  | { readonly type: 'sample'; readonly round: number; readonly mayCompact: boolean }
  | { readonly type: 'compact'; readonly round: number }
  /** Asks a model that can do so to stop its answer and to listen. */
  | { readonly type: 'askToListen' }
  | { readonly type: 'runCalls'; readonly round: number; readonly calls: readonly ToolCall[] }
  /** Ends whatever is going on for this turn. */
  | { readonly type: 'abort' }
  | { readonly type: 'end'; readonly outcome: TurnOutcome };

export type TurnStep = { readonly state: TurnState; readonly effects: readonly TurnEffect[] };

const STOPPED_NOTE =
  'The user stopped this turn before it was finished. What is above may be incomplete.';
const FAILED_OUTPUT = 'Not run, because the answer that asked for it failed.';

const INTERRUPTED: TurnOutcome = { status: 'interrupted' };

const FRESH = { metadata: undefined, round: 0, compaction: 'possible' } as const;

export function beginTurn(first: TurnInput): TurnStep {
  const state = { phase: 'opening', pending: [first], ...FRESH } as const;
  return { state, effects: [{ type: 'open' }] };
}

/** Whether words that come now are told to the model by this turn. */
export function takesInput(state: TurnState): boolean {
  switch (state.phase) {
    case 'opening':
    case 'telling':
      return true;
    case 'sampling':
    case 'compacting':
    case 'calling':
      // Whoever stops a turn and goes on talking wants an answer to that.
      return !state.isStopping;
    case 'closing':
    case 'ended':
      return false;
    default:
      return assertNever(state, 'state of a turn');
  }
}

/** What is late, repeated or of another phase changes nothing. */
export function step(state: TurnState, fact: TurnFact): TurnStep {
  switch (fact.type) {
    case 'joined':
      return joined(state, fact.input);
    case 'interruptRequested':
      return interrupted(state);
    case 'opened':
      return state.phase === 'opening' ? goOn(state) : stay(state);
    case 'openingFailed':
      return state.phase === 'opening' ? close(state, failed(fact.error)) : stay(state);
    case 'inputRead':
      return inputRead(state, fact.input, fact.items);
    case 'inputUnreadable':
      return inputUnreadable(state, fact.input, fact.error);
    case 'itemDone':
    case 'messageInterrupted':
    case 'sampled':
    case 'samplingFailed':
      return state.phase === 'sampling' && state.round === fact.round
        ? sampling(state, fact)
        : stay(state);
    case 'windowFull':
      return isAsking(state, fact.round) ? makeRoom(state, undefined) : stay(state);
    case 'compacted':
    case 'compactionFailed':
      return state.phase === 'compacting' && state.round === fact.round
        ? compacted(state, fact)
        : stay(state);
    case 'called':
      return state.phase === 'calling' && state.round === fact.round
        ? called(state, fact.outputs)
        : stay(state);
    default:
      return assertNever(fact, 'fact of a turn');
  }
}

const stay = (state: TurnState): TurnStep => ({ state, effects: [] });
const failed = (error: TurnError): TurnOutcome => ({ status: 'failed', error });
const record = (items: readonly ResponseItem[]): readonly TurnEffect[] =>
  items.length === 0 ? [] : [{ type: 'record', items }];

/** The same with these effects before its own. */
const after = (effects: readonly TurnEffect[], { state, effects: own }: TurnStep): TurnStep => ({
  state,
  effects: [...effects, ...own],
});

function joined(state: TurnState, input: TurnInput): TurnStep {
  if (state.phase === 'ended' || !takesInput(state)) return stay(state);
  return {
    state: { ...state, pending: [...state.pending, input] },
    effects: state.phase === 'sampling' ? [{ type: 'askToListen' }] : [],
  };
}

function interrupted(state: TurnState): TurnStep {
  switch (state.phase) {
    case 'opening':
      return after([{ type: 'abort' }], close(state, INTERRUPTED));
    case 'telling': {
      const { reading } = state;
      // It is being read already; what comes of it is told on the way out.
      const closing = { ...going(state), reading, outcome: INTERRUPTED } as const;
      return { state: { phase: 'closing', ...closing }, effects: [{ type: 'abort' }] };
    }
    case 'sampling':
    case 'compacting':
    case 'calling':
      if (state.isStopping) return stay(state);
      return { state: { ...state, isStopping: true }, effects: [{ type: 'abort' }] };
    case 'closing':
    case 'ended':
      return stay(state);
    default:
      return assertNever(state, 'state of a turn');
  }
}

/** Tells what has been said, one after the other, and then samples. */
function goOn(state: Going): TurnStep {
  const { pending, metadata: before, round } = state;
  const [reading, ...rest] = pending;
  if (reading === undefined) return ask({ ...going(state), round: round + 1 });
  const { clientMetadata, clientMetadataPatch } = reading;
  const isTold = clientMetadata !== undefined || clientMetadataPatch !== undefined;
  const metadata = isTold ? { ...(clientMetadata ?? before), ...clientMetadataPatch } : before;
  return {
    state: { phase: 'telling', ...going(state), pending: rest, metadata, reading },
    effects: [
      ...(isTold && metadata !== undefined
        ? [{ type: 'setClientMetadata', metadata } as const]
        : []),
      { type: 'readInput', input: reading },
    ],
  };
}

const going = ({ pending, metadata, round, compaction }: Going): Going => ({
  pending,
  metadata,
  round,
  compaction,
});

/** Asks the model with the history as it stands. */
function ask(next: Going): TurnStep {
  const { round, compaction } = next;
  return {
    state: { phase: 'sampling', ...next, calls: [], begun: [], isStopping: false },
    effects: [{ type: 'sample', round, mayCompact: compaction === 'possible' }],
  };
}

/** The model is about to be asked and has said nothing yet. */
const isAsking = (state: TurnState, round: number): state is Sampling =>
  state.phase === 'sampling' && state.round === round && state.calls.length === 0;

function makeRoom(state: Sampling, refusal: TurnError | undefined): TurnStep {
  const { round, isStopping } = state;
  if (isStopping) return close(state, INTERRUPTED);
  return {
    state: { phase: 'compacting', ...going(state), refusal, isStopping },
    effects: [{ type: 'compact', round }],
  };
}

/** Asks again with what is left; a history that could not be made shorter may still do, if nobody has refused it. */
function compacted(
  state: Extract<TurnState, { readonly phase: 'compacting' }>,
  fact: Extract<TurnFact, { readonly type: 'compacted' | 'compactionFailed' }>,
): TurnStep {
  if (state.isStopping) return close(state, INTERRUPTED);
  const isDone = fact.type === 'compacted';
  if (!isDone && state.refusal !== undefined) return close(state, failed(state.refusal));
  const compaction = isDone && !fact.isStillFull ? 'done' : 'useless';
  // The refused one has said all that it had to say.
  const round = state.refusal === undefined ? state.round : state.round + 1;
  return ask({ ...going(state), round, compaction });
}

/** Ends the turn once all that was said is told. */
function close(state: Going, outcome: TurnOutcome): TurnStep {
  const [reading, ...rest] = state.pending;
  if (reading !== undefined) {
    return {
      state: { phase: 'closing', ...going(state), pending: rest, reading, outcome },
      effects: [{ type: 'readInput', input: reading }],
    };
  }
  const isInterrupted = outcome.status === 'interrupted';
  return {
    state: { phase: 'ended', outcome },
    effects: [
      ...record(isInterrupted ? [textMessage('developer', STOPPED_NOTE)] : []),
      { type: 'end', outcome },
    ],
  };
}

const notesOf = ({ notes = [] }: TurnInput): readonly ResponseItem[] =>
  notes.map((note) => textMessage('developer', note));

function inputRead(state: TurnState, input: TurnInput, items: readonly ResponseItem[]): TurnStep {
  if (!('reading' in state) || state.reading !== input) return stay(state);
  const told = record([...notesOf(input), ...items]);
  return after(told, state.phase === 'closing' ? close(state, state.outcome) : goOn(state));
}

/** What cannot be read ends the turn; the notes beside it are true all the same. */
function inputUnreadable(state: TurnState, input: TurnInput, error: TurnError): TurnStep {
  if (!('reading' in state) || state.reading !== input) return stay(state);
  const outcome = state.phase === 'closing' ? state.outcome : failed(error);
  return after(record(notesOf(input)), close(state, outcome));
}

type Sampling = Extract<TurnState, { readonly phase: 'sampling' }>;
type SamplingFact = Extract<
  TurnFact,
  { readonly type: 'itemDone' | 'messageInterrupted' | 'sampled' | 'samplingFailed' }
>;

function sampling(state: Sampling, fact: SamplingFact): TurnStep {
  switch (fact.type) {
    case 'itemDone': {
      const call = asCall(fact.item);
      const answered = answeredCallId(fact.item);
      const calls =
        call === undefined
          ? state.calls.filter(({ callId }) => callId !== answered)
          : [...state.calls, call];
      return { state: { ...state, calls }, effects: record([fact.item]) };
    }
    case 'messageInterrupted':
      // What was said before the end stays said: the model should know it, too (responses §19).
      return stay({ ...state, begun: [...state.begun, fact.item] });
    case 'sampled':
      return after(record(state.begun), sampled(state, fact.endTurn));
    case 'samplingFailed': {
      const { isStopping, calls, begun } = state;
      const output = isStopping ? STOPPED_OUTPUT : FAILED_OUTPUT;
      const told = record([...begun, ...calls.map((call) => outputOf(call, output))]);
      const isTooLong = fact.error.codexErrorInfo === 'contextWindowExceeded';
      if (isTooLong && state.compaction === 'possible') {
        return after(told, makeRoom(state, fact.error));
      }
      return after(told, close(state, isStopping ? INTERRUPTED : failed(fact.error)));
    }
    default:
      return assertNever(fact, 'fact of a sampling');
  }
}

function sampled(state: Sampling, endTurn: boolean | undefined): TurnStep {
  const { pending, calls, isStopping, round } = state;
  const compaction = state.compaction === 'done' ? 'possible' : state.compaction;
  const next = { ...going(state), compaction } as const;
  const isDone = calls.length === 0 && endTurn !== false && pending.length === 0;
  if (isDone) return close(state, { status: 'completed' });
  if (isStopping) {
    // A call without an output would make the history invalid.
    const outputs = calls.map((call) => outputOf(call, STOPPED_OUTPUT));
    return after(record(outputs), close(state, INTERRUPTED));
  }
  if (calls.length === 0) return goOn(next);
  return {
    state: { phase: 'calling', ...next, calls, isStopping },
    effects: [{ type: 'runCalls', round, calls }],
  };
}

function called(
  state: Extract<TurnState, { readonly phase: 'calling' }>,
  outputs: readonly ToolResult[],
): TurnStep {
  const told = state.calls.map((call, index) => outputOf(call, outputs[index] ?? STOPPED_OUTPUT));
  return after(record(told), state.isStopping ? close(state, INTERRUPTED) : goOn(state));
}
