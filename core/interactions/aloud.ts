import type { ServerRequestMethod, UserAnswers, UserQuestion } from '../protocol/index.ts';
import {
  type Interaction,
  type InteractionKind,
  interactionKinds,
  type InteractionResponse,
} from './kinds.ts';
import type { InteractionRow } from './row.ts';

/** What of an interaction may be asked aloud, one question after the other; the rest is left to the screen. */
export const questionsAloud = (interaction: Interaction): readonly UserQuestion[] =>
  rowOf(interaction).spoken(interaction.params);

/** The answer that what was said amounts to; undefined while something of it is missing. */
export const answerHeard = (
  interaction: Interaction,
  answers: UserAnswers,
): InteractionResponse<InteractionKind> | undefined =>
  rowOf(interaction).heard(interaction.params, answers);

const rowOf = ({ kind }: Interaction): InteractionRow<ServerRequestMethod> =>
  interactionKinds[kind];
