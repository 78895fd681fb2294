import * as z from 'zod';

import { maybe } from '../common.ts';
import { DynamicToolSpec } from '../dynamicTool.ts';
import { ThreadEnvironment, TurnEnvironmentParams } from './environment.ts';
import { TurnsPage, TurnsPageOptions } from './history.ts';
import {
  ActivePermissionProfile,
  ApprovalsReviewer,
  AskForApproval,
  permissionChoices,
  SandboxMode,
  SandboxPolicy,
} from './permissions.ts';
import { CollaborationMode } from './settings.ts';
import { Turn } from './turn.ts';

export const ThreadStatus = z.discriminatedUnion('type', [
  z.object({ type: z.literal('notLoaded') }),
  z.object({ type: z.literal('idle') }),
  z.object({ type: z.literal('systemError') }),
  z.object({ type: z.literal('active'), activeFlags: z.array(z.string()) }),
]);
export type ThreadStatus = z.infer<typeof ThreadStatus>;

/** What the peer says of things that there are not here; its clients may insist on the keys. */
const ofThePeer = {
  agentNickname: maybe(z.null()),
  agentRole: maybe(z.null()),
  attachedToThreadId: maybe(z.null()),
  daybreakEnabled: maybe(z.null()),
  extra: maybe(z.null()),
  section: maybe(z.null()),
  sectionEnteredAt: maybe(z.null()),
};

/** A conversation; times are Unix seconds (app-server §5). */
export const Thread = z.object({
  id: z.string(),
  /** null where the thread is not loaded. */
  environments: maybe(z.array(ThreadEnvironment)),
  sessionId: z.string(),
  forkedFromId: z.string().nullable(),
  parentThreadId: z.string().nullable(),
  projectId: z.string().nullable(),
  preview: z.string(),
  ephemeral: z.boolean(),
  modelProvider: z.string(),
  model: z.string(),
  reasoningEffort: z.string().nullable(),
  createdAt: z.number(),
  updatedAt: z.number(),
  recencyAt: z.number(),
  status: ThreadStatus,
  path: z.string().nullable(),
  cwd: z.string(),
  cliVersion: z.string(),
  originator: z.string(),
  source: z.string(),
  threadSource: z.string().nullable(),
  gitInfo: z.null(),
  name: z.string().nullable(),
  canAcceptDirectInput: z.boolean(),
  ...ofThePeer,
  historyMode: z.literal('legacy'),
  turns: z.array(Turn),
});
export type Thread = z.infer<typeof Thread>;

/** Settings a client may give when it opens a thread; absent ones come from the configuration. */
export const openingSettings = {
  cwd: maybe(z.string()),
  /** Absolute; absent means `cwd` alone. */
  runtimeWorkspaceRoots: maybe(z.array(z.string())),
  model: maybe(z.string()),
  /** Absent means as configured, null none. */
  serviceTier: maybe(z.string()),
  modelProvider: maybe(z.string()),
  ...permissionChoices,
  /** Not beside `permissions`. */
  sandbox: maybe(SandboxMode),
  config: maybe(z.record(z.string(), z.unknown())),
  baseInstructions: maybe(z.string()),
  developerInstructions: maybe(z.string()),
};

export const ThreadStartParams = z.object({
  ...openingSettings,
  environments: maybe(z.array(TurnEnvironmentParams)),
  /** Tools that the client runs for the thread, for as long as there is one. */
  dynamicTools: maybe(z.array(DynamicToolSpec)),
  ephemeral: maybe(z.boolean()),
  threadSource: maybe(z.string()),
  /** Why the client begins a thread: with its own start, or because the user cleared the one before. */
  sessionStartSource: maybe(z.enum(['startup', 'clear'])),
});
export type ThreadStartParams = z.infer<typeof ThreadStartParams>;

const openedThread = {
  thread: Thread,
  model: z.string(),
  modelProvider: z.string(),
  serviceTier: z.string().nullable(),
  cwd: z.string(),
  runtimeWorkspaceRoots: z.array(z.string()),
  instructionSources: z.array(z.string()),
  approvalPolicy: AskForApproval,
  approvalsReviewer: ApprovalsReviewer,
  sandbox: SandboxPolicy,
  activePermissionProfile: z.nullable(ActivePermissionProfile),
  reasoningEffort: z.string().nullable(),
  /** There are none here; clients of the peer may insist on the keys. */
  disabledPluginIds: maybe(z.array(z.string())),
  multiAgentMode: maybe(z.literal('explicitRequestOnly')),
};
/** What a started or resumed thread runs with. */
export const ThreadStartResponse = z.object(openedThread);
export type ThreadStartResponse = z.infer<typeof ThreadStartResponse>;

export const ThreadResumeParams = z.object({
  threadId: z.string(),
  /** A thread's file, in place of its id. */
  path: maybe(z.string()),
  /** Refused: a thread goes on with its own. */
  history: maybe(z.array(z.unknown())),
  ...openingSettings,
  /** Leaves `thread.turns` of the answer empty, for a client that reads the history in pages. */
  excludeTurns: maybe(z.boolean()),
  /** Asks for a page of turns in the answer, as `thread/turns/list` gives it. */
  initialTurnsPage: maybe(TurnsPageOptions),
});
export type ThreadResumeParams = z.infer<typeof ThreadResumeParams>;

export const ThreadResumeResponse = z.object({
  ...openedThread,
  collaborationMode: maybe(CollaborationMode),
  initialTurnsPage: maybe(TurnsPage),
  /** Begin with what was newest when the thread was resumed, in lists that go towards the beginning. */
  turnsBackwardsCursor: maybe(z.string()),
  itemsBackwardsCursor: maybe(z.string()),
});
export type ThreadResumeResponse = z.infer<typeof ThreadResumeResponse>;

export const ThreadReadParams = z.object({
  threadId: z.string(),
  includeTurns: maybe(z.boolean()),
});
export const ThreadReadResponse = z.object({
  thread: Thread,
  /** Nobody keeps what a person has read; clients of the peer may insist on the key. */
  readState: maybe(z.null()),
});

export const ThreadUnsubscribeParams = z.object({ threadId: z.string() });
/** Never a failure: also what is not loaded is not listened to afterwards (app-server §5). */
export const ThreadUnsubscribeResponse = z.object({
  status: z.enum(['notLoaded', 'notSubscribed', 'unsubscribed']),
});

export const ThreadCompactStartParams = z.object({ threadId: z.string() });

export const ThreadLoadedListParams = z.object({
  cursor: maybe(z.string()),
  limit: maybe(z.int().nonnegative()),
});
export const ThreadLoadedListResponse = z.object({
  data: z.array(z.string()),
  nextCursor: z.string().nullable(),
});

export const ThreadStartedNotification = z.object({ thread: Thread });
/** The thread is out of memory; it can be resumed. */
export const ThreadClosedNotification = z.object({ threadId: z.string() });
export const ThreadStatusChangedNotification = z.object({
  threadId: z.string(),
  status: ThreadStatus,
});
