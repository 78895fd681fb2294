import type { FunctionTool } from '../model/index.ts';
import type { PlanStep, UserAnswers, UserQuestion } from '../protocol/index.ts';

/** What came of questions to the user. */
export type Asked =
  /** Every question has its entry; one that was left unanswered has no answers in it. */
  | { readonly type: 'answered'; readonly answers: UserAnswers }
  /** Nobody is there to answer; `reason` says why. */
  | { readonly type: 'unanswerable'; readonly reason: string }
  | { readonly type: 'expired' }
  | { readonly type: 'withdrawn' };

/** What a tool may do in the turn that called it. */
export type ToolContext = {
  readonly signal: AbortSignal;
  readonly showPlan: (explanation: string | null, plan: readonly PlanStep[]) => void;
  /** Waits for the user as long as it takes, or until `signal` aborts; never rejects. */
  readonly ask: (questions: readonly UserQuestion[]) => Promise<Asked>;
};

/** A function the text model may call. `run` gets the parsed arguments and returns the model's answer. */
export type Tool = {
  readonly spec: FunctionTool;
  /** Throws with one sentence the model can act on; the turn goes on. */
  run(argumentsValue: unknown, context: ToolContext): Promise<string>;
};
