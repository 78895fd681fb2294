import type { ResponseItem } from './items.ts';

/** A function the model may call; `parameters` is a JSON Schema. */
export type FunctionTool = {
  readonly type: 'function';
  readonly name: string;
  readonly description: string;
  readonly strict: boolean;
  readonly parameters: Readonly<Record<string, unknown>>;
};

/** A tool of another kind (`custom`, `web_search`, ...); left out for providers of dialect `plain`. */
export type OtherTool = {
  readonly type: 'custom' | 'namespace' | 'web_search' | 'tool_search' | 'image_generation';
  readonly [field: string]: unknown;
};

export type ModelTool = FunctionTool | OtherTool;

/** One sampling: everything the model is told, apart from who is asking (responses §3.2). */
export type ModelRequest = {
  readonly model: string;
  readonly instructions: string;
  /** The whole conversation; HTTP keeps nothing between requests. */
  readonly input: readonly ResponseItem[];
  readonly tools: readonly ModelTool[];
  readonly toolChoice?: 'auto' | 'none' | 'required';
  readonly parallelToolCalls: boolean;
  /** Absent for models that do not reason. */
  readonly reasoning?: { readonly effort?: string; readonly summary?: string };
  readonly text?: {
    readonly verbosity?: string;
    /** A JSON Schema that the final answer has to fit. */
    readonly outputSchema?: Readonly<Record<string, unknown>>;
  };
  readonly serviceTier?: string;
  /** The model would rather be reached by WebSocket. */
  readonly preferWebsockets?: boolean;
  /** The model can be asked to stop where it is and to listen instead (responses §5.7). */
  readonly takesInterrupt?: boolean;
};
