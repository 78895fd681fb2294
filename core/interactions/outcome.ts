import { assertNever } from '../base/index.ts';
import type {
  NotificationParamsOf,
  ServerRequestMethod,
  ServerRequestParamsOf,
  ServerRequestResponseOf,
  SettledRequest,
} from '../protocol/index.ts';
import type { Answerer } from './answerers.ts';
import type { InteractionKind, InteractionResponse } from './kinds.ts';
import type { InteractionRow } from './row.ts';
import type { Resolution } from './step.ts';

/** Why something was not allowed, or not answered. */
export type Refusal =
  /** Somebody said no. */
  | 'declined'
  /** Somebody said no, and that the turn shall end. */
  | 'cancelled'
  /** Who had to decide could not: no verdict on what was asked. */
  | 'failed'
  /** Nobody is there who could answer. */
  | 'nobody'
  | 'expired'
  /** The turn was stopped, or the engine closes. */
  | 'withdrawn';

/** Whatever is not an answer that says yes. */
export type Refused = {
  readonly type: 'refused';
  readonly because: Refusal;
  /** Who refused; undefined where nobody did. */
  readonly by: Answerer | undefined;
  /** One sentence for the model, where there is one. */
  readonly words: string | undefined;
};

/** What came of an interaction. */
export type Outcome<K extends InteractionKind> =
  | { readonly type: 'accepted'; readonly response: InteractionResponse<K>; readonly by: Answerer }
  | Refused;

type Method = ServerRequestMethod;
type Params = ServerRequestParamsOf<Method>;
type Response = ServerRequestResponseOf<Method>;
type Answered = Extract<Resolution<Response>, { readonly type: 'answered' }>;

const refused = (because: Refusal, by?: Answerer, words?: string): Refused => ({
  type: 'refused',
  because,
  by,
  words,
});

/** What the one who asked gets. */
export function outcomeOf(
  row: InteractionRow<Method>,
  params: Params,
  resolution: Resolution<Response>,
): { readonly type: 'accepted'; readonly response: Response; readonly by: Answerer } | Refused {
  switch (resolution.type) {
    case 'answered': {
      const { by } = resolution;
      const response = wholeResponse(row, params, resolution);
      const verdict = row.verdictOf(response);
      if (verdict === 'accepted') return { type: 'accepted', response, by };
      return refused(verdict, by, row.wordsOf(response));
    }
    case 'denied':
      return refused('declined', resolution.by, resolution.words);
    case 'failed':
      return refused('failed', resolution.by, resolution.words);
    case 'nobody':
      return refused('nobody', undefined, resolution.words);
    case 'expired':
    case 'withdrawn':
      return refused(resolution.type);
    default:
      return assertNever(resolution, 'resolution');
  }
}

/** What clients learn of the end of a request that they have been sent. */
export function shownOf(
  row: InteractionRow<Method>,
  params: Params,
  resolution: Resolution<Response>,
): Pick<NotificationParamsOf<'serverRequest/resolved'>, 'answeredBy' | 'answers'> {
  const by = 'by' in resolution ? resolution.by : undefined;
  if (by !== 'voice' && by !== 'client') return {};
  if (resolution.type !== 'answered' || row.shown === undefined) return { answeredBy: by };
  return {
    answeredBy: by,
    answers: row.shown(params, wholeResponse(row, params, resolution)),
  };
}

/** What is kept of a request that people were sent; undefined for one that belongs to no call of a turn. */
export function settledOf(
  row: InteractionRow<Method>,
  params: Params,
  resolution: Resolution<Response>,
): { readonly turnId: string; readonly settled: SettledRequest } | undefined {
  if (!('itemId' in params)) return undefined;
  const { turnId, itemId } = params;
  const outcome = outcomeOf(row, params, resolution);
  return {
    turnId,
    settled: {
      itemId,
      method: row.method,
      ...('questions' in params
        ? { questions: params.questions }
        : { approval: approvalOf(params) }),
      outcome:
        outcome.type === 'accepted' ? 'accepted' : (KEPT_REFUSALS[outcome.because] ?? 'withdrawn'),
      ...shownOf(row, params, resolution),
    },
  };
}

const KEPT_REFUSALS: Partial<Record<Refusal, SettledRequest['outcome']>> = {
  declined: 'declined',
  cancelled: 'cancelled',
};

/** What was to be allowed, in the words that were shown. */
function approvalOf(params: Params): NonNullable<SettledRequest['approval']> {
  return {
    ...('command' in params && { command: params.command }),
    ...('cwd' in params && { cwd: params.cwd }),
    ...('reason' in params && { reason: params.reason }),
  };
}

const wholeResponse = (
  row: InteractionRow<Method>,
  params: Params,
  { response, known }: Answered,
): Response => row.completed?.(params, response, known) ?? response;
