import type { Clock } from '../base/index.ts';
import type { CallInteractions } from '../interactions/index.ts';
import type {
  CustomTool,
  FunctionTool,
  NamespaceTool,
  ToolOutput,
  ToolSearchTool,
} from '../model/index.ts';
import type { FileEdit } from './fileChanges/index.ts';
import type { GrantScope, PermissionGrant, ResolvedPermissions } from '../permissions/index.ts';
import type {
  AskForApproval,
  NotificationMethod,
  NotificationParamsOf,
  PlanStep,
  ThreadEnvironment,
  ThreadItem,
} from '../protocol/index.ts';

/** A call as the model made it. */
export type ToolCall = {
  readonly callId: string;
  /** `other` is a call that no tool is known by; its name is its kind. */
  readonly kind: 'function' | 'custom' | 'other';
  readonly name: string;
  readonly namespace?: string;
  /** As the model wrote it: JSON text for a function, free text for a custom tool. */
  readonly input: string;
};

/** Tools that belong together, as the model is told of them (responses §12). */
export type ToolNamespace = { readonly name: string; readonly description: string };

/**
 * Something the text model may call. How it takes its input is part of `spec`: a function gets JSON
 * text, a custom tool free text, if need be of a grammar.
 */
export type Tool = {
  readonly spec: FunctionTool | CustomTool | ToolSearchTool;
  /** Absent for tools that are called by their name alone. */
  readonly namespace?: ToolNamespace;
  /** The model is not told of it; it finds it by `tool_search`. Has a namespace. */
  readonly isDeferred?: boolean;
  /** A serial tool runs while no other tool of the turn does; parallel ones share. */
  readonly concurrency: 'serial' | 'parallel';
  /** What it cannot do without: a turn that may work nowhere does not offer it, and refuses stray calls. */
  readonly needs?: 'environment';
  /** Watches what a custom tool is called with while the model writes it, before the call is made, if at all. */
  watchInput?(call: WatchedCall): InputWatcher;
  /**
   * Returns what the model is told: text, or parts with pictures among them. Throws with one sentence
   * the model can act on; the turn goes on. When `context.signal` aborts it should come to its end soon;
   * what it returns then still reaches the model, and nothing else it does is heeded any more.
   */
  run(input: string, context: ToolContext): Promise<ToolResult>;
};

/** What a search found: the tools by namespace, as the model is told of them (responses §12.3). */
export type FoundTools = { readonly found: readonly NamespaceTool[] };
/** What the model gets for a call. */
export type ToolResult = ToolOutput | FoundTools;

/** A call that the model is still writing. */
export type WatchedCall = {
  readonly clock: Clock;
  /** Tells clients something about the item that the call is going to show. */
  delta<M extends ItemDeltaMethod>(method: M, fields: ItemDelta<M>): void;
};

export type InputWatcher = {
  take(text: string): void;
  /** It is written whole. Not called where the answer breaks off. */
  end(): void;
};

/** What a tool may do in the turn that called it, for as long as its call lasts. */
export type ToolContext = CallInteractions & {
  readonly callId: string;
  /** Where it works; undefined where the turn may work nowhere. */
  readonly environment: ThreadEnvironment | undefined;
  /** Aborts when the user stops the turn, and when the call is over. */
  readonly signal: AbortSignal;
  /** By the thread's clock. */
  readonly nowMs: () => number;
  /** What the turn may touch, with all that was granted to it until now. */
  readonly permissions: () => ResolvedPermissions;
  /** What people have granted beyond that, which counts from now on. */
  readonly grant: (grant: PermissionGrant, scope: GrantScope) => void;
  /** Who decides about what it may not. */
  readonly approvalPolicy: AskForApproval;
  /** For what outlives the call. */
  readonly turn: TurnSignals;
  /** Where files that the call has changed are told of. */
  readonly fileChanges: FileChangeLog;
  /**
   * Shows an item of this call. It is completed exactly once: by the tool, else as `unfinished` when
   * the call ends, however it ends.
   */
  startItem<Item extends NewItem>(item: Item, unfinished?: Item): ShownItem<Item>;
  /** Shows an item that goes on when the call is over. It is completed by the tool, at the latest when the turn ends. */
  startLastingItem<Item extends NewItem>(item: Item): ShownItem<Item>;
  showPlan(explanation: string | null, plan: readonly PlanStep[]): void;
};

/** What a turn has changed in files. */
export type FileChangeLog = {
  /** These edits have been made; `movedFrom` has the old name of each moved file by its new one. */
  made(edits: readonly FileEdit[], movedFrom: ReadonlyMap<string, string>): Promise<void>;
};

export type TurnSignals = {
  /** Aborts when the user stops the turn. */
  readonly stopped: AbortSignal;
  /** Aborts when the turn ends, however it ends; items can still be completed then. */
  readonly over: AbortSignal;
};

type WithoutTimes<Item> = Item extends unknown
  ? Omit<Item, 'startedAtMs' | 'completedAtMs'>
  : never;

/** An item of a turn without its times, which are taken when it is shown. */
export type NewItem = WithoutTimes<ThreadItem>;

/** An item that clients see. All of it is nothing once the item is completed. */
export type ShownItem<Item extends NewItem = NewItem> = {
  delta<M extends ItemDeltaMethod>(method: M, fields: ItemDelta<M>): void;
  complete(item: Item): void;
};

type InItem = { readonly threadId: string; readonly turnId: string; readonly itemId: string };

/** Notifications about an item between its start and its completion. */
export type ItemDeltaMethod = {
  [M in NotificationMethod]: M extends `item/${string}`
    ? NotificationParamsOf<M> extends InItem
      ? M
      : never
    : never;
}[NotificationMethod];

export type ItemDelta<M extends ItemDeltaMethod> = Omit<NotificationParamsOf<M>, keyof InItem>;
