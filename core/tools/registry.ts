import { errorText } from '../base/index.ts';
import type { FunctionTool } from '../model/index.ts';
import { requestUserInputTool } from './requestUserInput.ts';
import type { Tool, ToolContext } from './contract.ts';
import { updatePlanTool } from './updatePlan.ts';

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
  return new ToolRegistry([updatePlanTool, requestUserInputTool]);
}
