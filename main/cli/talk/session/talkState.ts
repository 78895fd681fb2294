import { assertNever } from '../../../../core/base/index.ts';

/** What has happened in a talk so far, as far as it decides when the talk is over. */
export type TalkState = {
  readonly inputOver: boolean;
  readonly speech: 'none' | 'speaking' | 'ended';
  /** How often the user has finished speaking. */
  readonly turns: number;
  /** Who waits for a response that has not begun yet. */
  readonly owed: 'nobody' | 'speech' | 'task';
  readonly responses: ReadonlySet<string>;
  /** In a call: the answer can be heard, which goes on after the response has ended. */
  readonly audible: boolean;
  /** The voice model asked for work, and no turn has begun on it yet. */
  readonly handedOver: boolean;
  readonly tasks: ReadonlySet<string>;
  readonly answers: number;
};

export type TalkInput =
  | { readonly type: 'inputOver' }
  | { readonly type: 'speechStarted' }
  | { readonly type: 'speechStopped' }
  | { readonly type: 'responseStarted'; readonly responseId: string }
  | { readonly type: 'responseEnded'; readonly responseId: string; readonly answered: boolean }
  /** In dictation, where the words of the user are all that comes back. */
  | { readonly type: 'writtenDown' }
  | { readonly type: 'handedOver' }
  | { readonly type: 'taskStarted'; readonly turnId: string }
  | { readonly type: 'taskEnded'; readonly turnId: string }
  | { readonly type: 'audible'; readonly audible: boolean }
  /** Something arrived that changes nothing but shows that work goes on. */
  | { readonly type: 'activity' };

/** What a talk cannot end without; `nothing` once all is said and done. */
export type WaitingFor =
  | 'input'
  | 'speech'
  | 'endOfSpeech'
  | 'answer'
  | 'endOfAnswer'
  | 'handover'
  | 'task'
  | 'taskReport'
  | 'nothing';

export const initialTalk: TalkState = {
  inputOver: false,
  speech: 'none',
  turns: 0,
  owed: 'nobody',
  responses: new Set(),
  audible: false,
  handedOver: false,
  tasks: new Set(),
  answers: 0,
};

export function step(state: TalkState, input: TalkInput): TalkState {
  switch (input.type) {
    case 'inputOver':
      return { ...state, inputOver: true };
    case 'speechStarted':
      return { ...state, speech: 'speaking' };
    case 'speechStopped':
      return { ...state, speech: 'ended', turns: state.turns + 1, owed: 'speech' };
    case 'responseStarted':
      return { ...state, owed: 'nobody', responses: withId(state.responses, input.responseId) };
    case 'responseEnded':
      return {
        ...state,
        responses: withoutId(state.responses, input.responseId),
        answers: state.answers + (input.answered ? 1 : 0),
      };
    case 'writtenDown': {
      const answers = state.answers + 1;
      return { ...state, answers, owed: answers < state.turns ? 'speech' : 'nobody' };
    }
    case 'handedOver':
      // Work asked for while a task runs steers that task and begins no turn of its own.
      return { ...state, handedOver: state.tasks.size === 0 };
    case 'taskStarted':
      return { ...state, handedOver: false, tasks: withId(state.tasks, input.turnId) };
    case 'taskEnded':
      // The end of a turn this client never saw begin, or saw end before, owes nothing.
      return state.tasks.has(input.turnId)
        ? {
            ...state,
            tasks: withoutId(state.tasks, input.turnId),
            owed: state.owed === 'speech' ? 'speech' : 'task',
          }
        : state;
    case 'audible':
      return { ...state, audible: input.audible };
    case 'activity':
      return state;
    default:
      return assertNever(input, 'talk input');
  }
}

export function waitingFor(state: TalkState): WaitingFor {
  if (!state.inputOver) return 'input';
  if (state.speech === 'none') return 'speech';
  if (state.speech === 'speaking') return 'endOfSpeech';
  if (state.responses.size > 0 || state.audible) return 'endOfAnswer';
  if (state.owed === 'speech') return 'answer';
  if (state.tasks.size > 0) return 'task';
  if (state.handedOver) return 'handover';
  if (state.owed === 'task') return 'taskReport';
  return state.answers === 0 ? 'answer' : 'nothing';
}

function withId(ids: ReadonlySet<string>, id: string): ReadonlySet<string> {
  return new Set(ids).add(id);
}

function withoutId(ids: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const rest = new Set(ids);
  rest.delete(id);
  return rest;
}
