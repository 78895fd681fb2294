import type { CallInteractions } from '../interactions/index.ts';
import type { FunctionTool } from '../model/index.ts';
import type { PlanStep } from '../protocol/index.ts';

/** What a tool may do in the turn that called it. */
export type ToolContext = CallInteractions & {
  readonly signal: AbortSignal;
  readonly showPlan: (explanation: string | null, plan: readonly PlanStep[]) => void;
};

/** A function the text model may call. `run` gets the parsed arguments and returns the model's answer. */
export type Tool = {
  readonly spec: FunctionTool;
  /** Throws with one sentence the model can act on; the turn goes on. */
  run(argumentsValue: unknown, context: ToolContext): Promise<string>;
};
