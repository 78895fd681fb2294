import type { Features } from '../features/index.ts';
import type { ModelTool } from '../model/index.ts';
import type { ModelFacts } from '../models/index.ts';
import type { ThreadEnvironment } from '../protocol/index.ts';
import type { Tool, ToolCall } from './contract.ts';
import { requestUserInputTool } from './requestUserInput.ts';
import { toolSearch } from './toolSearch.ts';
import { updatePlanTool } from './updatePlan.ts';

/** What tools may depend on when they are offered. */
export type ToolSampling = {
  readonly model: string;
  /** Where the turn works, the first one above all; tools that work somewhere are not offered where there is none. */
  readonly environments: readonly ThreadEnvironment[];
  /** What is known of a model; absent where nobody asks for more than its name. */
  readonly factsOf?: (model: string) => Pick<ModelFacts, 'inputModalities'>;
  /** What is switched on; absent: nothing that has a switch. */
  readonly features?: Pick<Features, 'isEnabled'>;
};

/** Where tools of a thread come from. */
export type ToolSource = {
  /** The tools for one sampling; it may offer others for the next. */
  toolsFor(sampling: ToolSampling): readonly Tool[];
  /** The thread leaves this process: ends what its tools have left running. Absent where nothing is. */
  close?(): Promise<void>;
};

/** The tools one request is sent with, by which its calls are resolved, whatever is offered later. */
export class ToolList {
  readonly #tools = new Map<string, Tool>();

  /** Of two tools with one name the first counts. A search comes by itself where there is something to be found. */
  constructor(tools: readonly Tool[]) {
    const deferred = tools.filter(({ isDeferred }) => isDeferred === true);
    const all = deferred.length === 0 ? tools : [...tools, toolSearch(deferred)];
    for (const tool of all) {
      const name = nameOf(leafOf(tool), tool.namespace?.name);
      if (!this.#tools.has(name)) this.#tools.set(name, tool);
    }
  }

  /**
   * As the model is told of them: those of a namespace together, where the first of them stands, and none that
   * has to be searched for.
   */
  get specs(): readonly ModelTool[] {
    const specs = new Map<string, ModelTool>();
    for (const { spec, namespace, isDeferred } of this.#tools.values()) {
      if (isDeferred === true) continue;
      if (spec.type === 'tool_search') {
        specs.set(spec.type, spec);
        continue;
      }
      if (namespace === undefined) {
        specs.set(spec.name, spec);
        continue;
      }
      const { name, description } = namespace;
      // A name of a tool has no dot, so that a namespace and a tool of one name do not collide.
      const known = specs.get(`${name}.`);
      const tools = known?.type === 'namespace' ? known.tools : [];
      specs.set(`${name}.`, { type: 'namespace', name, description, tools: [...tools, spec] });
    }
    return Array.from(specs.values());
  }

  /** What the model may be told there is. */
  get names(): readonly string[] {
    return Array.from(this.#tools).flatMap(([name, { isDeferred }]) =>
      isDeferred === true ? [] : [name],
    );
  }

  /** The called tool: the namespace counts, and so does how the input comes. */
  find(call: Pick<ToolCall, 'name' | 'namespace' | 'kind'>): Tool | undefined {
    // A search is called by its kind alone.
    const isSearch = call.kind === 'other' && call.name === 'tool_search_call';
    const tool = this.#tools.get(isSearch ? 'tool_search' : nameOf(call.name, call.namespace));
    return tool?.spec.type === (isSearch ? 'tool_search' : call.kind) ? tool : undefined;
  }
}

const leafOf = ({ spec }: Tool): string => (spec.type === 'tool_search' ? spec.type : spec.name);

/** How people and the model's mistakes are told of a tool. */
export function nameOf(name: string, namespace: string | undefined): string {
  return namespace === undefined ? name : `${namespace}.${name}`;
}

/** The tools of a thread: asked anew for every sampling, because they come and go. */
export class ToolRegistry {
  readonly #sources: readonly ToolSource[];

  constructor(sources: readonly ToolSource[]) {
    this.#sources = sources;
  }

  listFor(sampling: ToolSampling): ToolList {
    const tools = this.#sources.flatMap((source) => source.toolsFor(sampling));
    const isSomewhere = sampling.environments.length > 0;
    return new ToolList(isSomewhere ? tools : tools.filter(({ needs }) => needs !== 'environment'));
  }

  /** Resolves when nothing runs any more that the thread's tools have started. */
  async close(): Promise<void> {
    await Promise.all(this.#sources.map(async (source) => source.close?.()));
  }
}

const STANDARD: readonly Tool[] = [updatePlanTool, requestUserInputTool];

/** The tools every text turn offers. */
export const standardTools: ToolSource = { toolsFor: () => STANDARD };
