import type { ResponseItem } from './items.ts';

/** A function the model may call; `parameters` is a JSON Schema. */
export type FunctionTool = {
  readonly type: 'function';
  readonly name: string;
  readonly description: string;
  readonly strict: boolean;
  readonly parameters: Readonly<Record<string, unknown>>;
};

/** A tool the model writes to in free text; `format` says what is taken, any text where it is absent. */
export type CustomTool = {
  readonly type: 'custom';
  readonly name: string;
  readonly description: string;
  readonly format?:
    | { readonly type: 'text' }
    | {
        readonly type: 'grammar';
        readonly syntax: 'lark' | 'regex';
        readonly definition: string;
      };
};

/** Tools that are called with the namespace beside their own name. */
export type NamespaceTool = {
  readonly type: 'namespace';
  readonly name: string;
  readonly description: string;
  readonly tools: readonly ((FunctionTool & { readonly defer_loading?: true }) | CustomTool)[];
};

/** Finds tools of which the model is not told; its calls are answered here, not by the provider. */
export type ToolSearchTool = {
  readonly type: 'tool_search';
  readonly execution: 'client';
  readonly description: string;
  readonly parameters: Readonly<Record<string, unknown>>;
};

/** A tool that the provider runs itself or knows by its type. */
export type OtherTool = {
  readonly type: 'web_search' | 'image_generation';
  readonly [field: string]: unknown;
};

/** Providers of dialect `plain` are told of functions alone. */
export type ModelTool = FunctionTool | CustomTool | NamespaceTool | ToolSearchTool | OtherTool;

/** What a request is for that asks for a summary of the conversation (responses §15). */
export type CompactionPurpose = {
  readonly trigger: 'auto' | 'manual';
  readonly reason: 'context_limit' | 'user_requested';
  readonly phase: 'pre_turn' | 'mid_turn' | 'standalone_turn';
};

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
  /** Absent for what answers the user. */
  readonly compaction?: CompactionPurpose;
  /** The model would rather be reached by WebSocket. */
  readonly preferWebsockets?: boolean;
  /** The model can be asked to stop where it is and to listen instead (responses §5.7). */
  readonly takesInterrupt?: boolean;
};
