import { errorText } from '../base/index.ts';
import type { FunctionTool } from '../model/index.ts';
import type { PlanStep } from '../protocol/index.ts';
import { updatePlanTool } from './updatePlan.ts';

/** What a tool may do in the turn that called it. */
export type ToolContext = {
  readonly signal: AbortSignal;
  readonly showPlan: (explanation: string | null, plan: readonly PlanStep[]) => void;
};

/** A function the text model may call. `run` gets the parsed arguments and returns the model's answer. */
export type Tool = {
  readonly spec: FunctionTool;
  /** Throws with one sentence the model can act on; the turn goes on. */
  run(argumentsValue: unknown, context: ToolContext): Promise<string>;
};

/** The tools of a turn, by name. Every call gets exactly one output, whatever the model wrote. */
export class ToolRegistry {
  readonly #tools: ReadonlyMap<string, Tool>;

  constructor(tools: readonly Tool[]) {
    this.#tools = new Map(tools.map((tool) => [tool.spec.name, tool]));
  }

  get specs(): readonly FunctionTool[] {
    return Array.from(this.#tools.values(), (tool) => tool.spec);
  }

  /** Never throws: unknown tools, bad JSON and failures become the output text. */
  async run(name: string, argumentsJson: string, context: ToolContext): Promise<string> {
    const tool = this.#tools.get(name);
    if (tool === undefined) {
      const known = Array.from(this.#tools.keys()).join(', ');
      return `There is no tool named ${name}. Available: ${known === '' ? 'none' : known}.`;
    }
    let value: unknown;
    try {
      value = JSON.parse(argumentsJson === '' ? '{}' : argumentsJson);
    } catch (error) {
      return `The arguments of ${name} are not JSON: ${errorText(error)}`;
    }
    try {
      return await tool.run(value, context);
    } catch (error) {
      return `${name} failed: ${errorText(error)}`;
    }
  }
}

/** The tools every text turn offers. */
export function createStandardTools(): ToolRegistry {
  return new ToolRegistry([updatePlanTool]);
}
