import type {
  ServerRequestMethod,
  ServerRequestParamsOf,
  ServerRequestResponseOf,
  UserAnswers,
  UserQuestion,
} from '../protocol/index.ts';
import type { Decider } from './answerers.ts';

/** What clients are told that a thread waits for (app-server §4). */
export type ActiveFlag = 'waitingOnApproval' | 'waitingOnUserInput';

/** An interaction as its row sees it. */
export type Asked<M extends ServerRequestMethod> = {
  readonly params: ServerRequestParamsOf<M>;
  /** What an answer that lasts would be remembered by; none where it lasts for nothing else. */
  readonly keys: readonly string[];
};

/** What an answer comes to. Cancelled is a refusal that ends the turn, too. */
export type Verdict = 'accepted' | 'declined' | 'cancelled';

/** All that is particular to one kind of interaction. */
export type InteractionRow<M extends ServerRequestMethod> = {
  /** How clients are asked; network approvals share a method with commands. */
  readonly method: M;
  /** Undefined for what programs answer, for which nobody has to look. */
  readonly flag: ActiveFlag | undefined;
  /** Who may decide it before people are asked, in their order. */
  deciders(params: ServerRequestParamsOf<M>): readonly Decider[];
  /** The answer that a decider's yes stands for; undefined where a yes says nothing. */
  allowed(params: ServerRequestParamsOf<M>): ServerRequestResponseOf<M> | undefined;
  verdictOf(response: ServerRequestResponseOf<M>): Verdict;
  /** What the model is told with a refusal, where whoever refused wrote something. */
  wordsOf(response: ServerRequestResponseOf<M>): string | undefined;
  /** Questions that may be put aloud, one after the other; the rest is left to the screen. */
  spoken(params: ServerRequestParamsOf<M>): readonly UserQuestion[];
  /** The answer that what was said amounts to; undefined while something is missing. */
  heard(
    params: ServerRequestParamsOf<M>,
    answers: UserAnswers,
  ): ServerRequestResponseOf<M> | undefined;
  /** The answer with what was known before; one that was given later wins. */
  completed?(
    params: ServerRequestParamsOf<M>,
    response: ServerRequestResponseOf<M>,
    answers: UserAnswers,
  ): ServerRequestResponseOf<M>;
  /** What every client may see of an answer; absent: nothing but who gave it. */
  shown?(params: ServerRequestParamsOf<M>, response: ServerRequestResponseOf<M>): UserAnswers;
  /** Whether people's answer holds for the session: what has the same keys is not asked again. Absent: never. */
  lasts?(response: ServerRequestResponseOf<M>): boolean;
  /** What people's answer to one interaction means for another of its kind; undefined: nothing. */
  covers?(
    answered: Asked<M> & { readonly response: ServerRequestResponseOf<M> },
    other: Asked<M>,
  ): ServerRequestResponseOf<M> | undefined;
};

/** Fixes the method of a row, so that its functions know their types. */
export const row = <M extends ServerRequestMethod>(known: InteractionRow<M>): InteractionRow<M> =>
  known;
