import * as z from 'zod';

import { CommandAction } from '../commandAction.ts';
import { maybe } from '../common.ts';
import { FileUpdateChange, PatchApplyStatus } from './fileChange.ts';
import { DynamicToolCallFields } from '../dynamicTool.ts';

/** A piece of what a user hands in (app-server §6). */
export const UserInput = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('text'),
    text: z.string(),
    text_elements: maybe(z.array(z.unknown())),
  }),
  z.object({ type: z.literal('image'), url: z.string(), detail: maybe(z.string()) }),
  z.object({ type: z.literal('localImage'), path: z.string() }),
]);
export type UserInput = z.infer<typeof UserInput>;

/** Set on a user message that the voice model handed to the background agent. */
export const Delegation = z.object({
  /** The realtime function call that asked for the work. */
  callId: z.string(),
  /** The request as a person would read it, without the wrapper the text model gets. */
  prompt: z.string(),
});
export type Delegation = z.infer<typeof Delegation>;

const itemBase = {
  id: z.string(),
  startedAtMs: z.number().nullable(),
  completedAtMs: z.number().nullable(),
};

export const MessagePhase = z.enum(['commentary', 'partial_answer', 'final_answer']);
export type MessagePhase = z.infer<typeof MessagePhase>;

export const CommandExecutionStatus = z.enum(['inProgress', 'completed', 'failed', 'declined']);
export type CommandExecutionStatus = z.infer<typeof CommandExecutionStatus>;

/** An item of a turn, as clients see it (app-server §7). */
export const ThreadItem = z.discriminatedUnion('type', [
  z.object({
    ...itemBase,
    type: z.literal('userMessage'),
    clientId: z.string().nullable(),
    content: z.array(UserInput),
    /** Parley's addition. */
    delegation: maybe(Delegation),
  }),
  z.object({
    ...itemBase,
    type: z.literal('agentMessage'),
    text: z.string(),
    phase: z.nullable(MessagePhase),
    memoryCitation: z.null(),
    /** There is none of it here; clients of the peer may insist on the keys. */
    moderation: maybe(z.null()),
    delivery: maybe(z.null()),
    questions: maybe(z.null()),
    /** Parley's addition: true when the turn ended before the model finished this message. */
    interrupted: maybe(z.boolean()),
  }),
  z.object({
    ...itemBase,
    type: z.literal('reasoning'),
    summary: z.array(z.string()),
    content: z.array(z.string()),
  }),
  /** A command of the agent. One that runs on when its turn ends is completed then, `inProgress` as it is. */
  z.object({
    ...itemBase,
    type: z.literal('commandExecution'),
    /** There are no plugins here; clients of the peer may insist on the keys. */
    pluginId: maybe(z.null()),
    scriptPath: maybe(z.null()),
    /** As it is started: the shell, and the script as one word of it. */
    command: z.string(),
    cwd: z.string(),
    /** What `write_stdin` calls it while it runs. */
    processId: z.string().nullable(),
    source: z.enum(['agent', 'userShell', 'unifiedExecStartup', 'unifiedExecInteraction']),
    status: CommandExecutionStatus,
    commandActions: z.array(CommandAction),
    /** Both streams as they came, terminal colours included; the middle of much is left out. */
    aggregatedOutput: z.string().nullable(),
    exitCode: z.int().nullable(),
    durationMs: z.int().nullable(),
  }),
  /** Files that the agent changes by a patch. */
  z.object({
    ...itemBase,
    type: z.literal('fileChange'),
    changes: z.array(FileUpdateChange),
    status: PatchApplyStatus,
  }),
  /** A picture on the disk that the model looks at. */
  z.object({ ...itemBase, type: z.literal('imageView'), path: z.string() }),
  /** A tool that a client runs. */
  z.object({ ...itemBase, type: z.literal('dynamicToolCall'), ...DynamicToolCallFields }),
  /** The model is told a summary from here on, in place of what was said before. */
  z.object({
    ...itemBase,
    type: z.literal('contextCompaction'),
    /** Parley's addition: absent while it is being made, and where the provider keeps it sealed. */
    summary: maybe(z.string()),
    /** Parley's addition: true when nothing came of it. */
    interrupted: maybe(z.boolean()),
  }),
]);
export type ThreadItem = z.infer<typeof ThreadItem>;

const inTurn = { threadId: z.string(), turnId: z.string() };

export const ItemStartedNotification = z.object({
  ...inTurn,
  item: ThreadItem,
  startedAtMs: z.number(),
});
export const ItemCompletedNotification = z.object({
  ...inTurn,
  item: ThreadItem,
  completedAtMs: z.number(),
});
export const AgentMessageDeltaNotification = z.object({
  ...inTurn,
  itemId: z.string(),
  delta: z.string(),
});
export const ReasoningSummaryPartAddedNotification = z.object({
  ...inTurn,
  itemId: z.string(),
  summaryIndex: z.int(),
});
export const ReasoningSummaryTextDeltaNotification = z.object({
  ...inTurn,
  itemId: z.string(),
  delta: z.string(),
  summaryIndex: z.int(),
});
export const ReasoningTextDeltaNotification = z.object({
  ...inTurn,
  itemId: z.string(),
  delta: z.string(),
  contentIndex: z.int(),
});
/** What a command prints, both streams in one. */
export const CommandExecutionOutputDeltaNotification = z.object({
  ...inTurn,
  itemId: z.string(),
  delta: z.string(),
});
/** The agent types into a command that runs; the item is that of the command. */
export const TerminalInteractionNotification = z.object({
  ...inTurn,
  itemId: z.string(),
  processId: z.string(),
  stdin: z.string(),
});
