import { describePermissions } from '../../permissions/index.ts';
import type {
  Thread,
  ThreadResumeResponse,
  ThreadStartResponse,
  TurnsPage,
} from '../../protocol/index.ts';
import type { StoredThread, ThreadMeta, ThreadRow } from '../../store/index.ts';
import { describeCollaboration } from '../../threads/index.ts';
import type { LoadedThread } from './threadFactory.ts';

const seconds = (ms: number): number => Math.floor(ms / 1000);

/** A thread in memory as clients see it, without its turns. */
export function describeLoaded({ thread, meta, journal }: LoadedThread, version: string): Thread {
  return {
    ...describe(meta, version),
    environments: [...thread.settings.environments],
    cwd: thread.settings.cwd,
    preview: thread.preview,
    name: thread.name,
    ephemeral: journal === undefined,
    model: thread.settings.model,
    reasoningEffort: thread.settings.reasoningEffort,
    updatedAt: seconds(thread.updatedAtMs),
    recencyAt: seconds(thread.updatedAtMs),
    status: thread.status,
    path: journal?.path ?? null,
  };
}

/** A thread that only its file or its row is known of. */
export function describeStored(stored: Omit<StoredThread, 'records'>, version: string): Thread {
  const { meta, updatedAtMs, preview, name, path } = stored;
  return {
    ...describe(meta, version),
    preview,
    name,
    path,
    updatedAt: seconds(updatedAtMs),
    recencyAt: seconds(updatedAtMs),
  };
}

/** A thread as the list of all threads shows it, with what it does where it is in memory. */
export function describeRow(
  row: ThreadRow,
  loaded: LoadedThread | undefined,
  version: string,
): Thread {
  const thread = describeStored({ ...row, meta: row }, version);
  return loaded === undefined ? thread : { ...thread, status: loaded.thread.status };
}

/** What a client learns when it starts or resumes a thread. */
export function describeOpened(
  loaded: LoadedThread,
  version: string,
  withTurns: boolean,
): ThreadStartResponse {
  const { settings } = loaded.thread;
  const { sandboxPolicy, ...permissions } = describePermissions(settings.permissions, settings);
  const thread = describeLoaded(loaded, version);
  return {
    thread: withTurns ? { ...thread, turns: [...loaded.thread.conversation.turns()] } : thread,
    model: settings.model,
    modelProvider: settings.modelProvider,
    serviceTier: settings.serviceTier,
    cwd: settings.cwd,
    runtimeWorkspaceRoots: settings.environments[0]?.runtimeWorkspaceRoots ?? [],
    instructionSources: [],
    ...permissions,
    sandbox: sandboxPolicy,
    reasoningEffort: settings.reasoningEffort,
    disabledPluginIds: [],
    multiAgentMode: 'explicitRequestOnly',
  };
}

/** The same for a thread that is resumed, with a page of its turns where one was asked for. */
export function describeResumed(
  loaded: LoadedThread,
  version: string,
  { withTurns, page }: { readonly withTurns: boolean; readonly page: TurnsPage | undefined },
): ThreadResumeResponse {
  const { conversation, settings } = loaded.thread;
  const { turns, items } = conversation.newestCursors;
  return {
    ...describeOpened(loaded, version, withTurns),
    collaborationMode: describeCollaboration(settings),
    initialTurnsPage: page ?? null,
    turnsBackwardsCursor: turns,
    itemsBackwardsCursor: items,
  };
}

function describe(meta: ThreadMeta, version: string): Thread {
  return {
    id: meta.id,
    environments: null,
    sessionId: meta.id,
    forkedFromId: meta.forkedFromId ?? null,
    parentThreadId: null,
    projectId: null,
    preview: '',
    ephemeral: false,
    modelProvider: meta.modelProvider,
    model: meta.model,
    reasoningEffort: null,
    createdAt: seconds(meta.createdAtMs),
    updatedAt: seconds(meta.createdAtMs),
    recencyAt: seconds(meta.createdAtMs),
    status: { type: 'notLoaded' },
    path: null,
    cwd: meta.cwd,
    cliVersion: version,
    originator: meta.originator,
    source: meta.source,
    threadSource: meta.threadSource,
    gitInfo: null,
    name: null,
    canAcceptDirectInput: true,
    agentNickname: null,
    agentRole: null,
    attachedToThreadId: null,
    daybreakEnabled: null,
    extra: null,
    section: null,
    sectionEnteredAt: null,
    historyMode: 'legacy',
    turns: [],
  };
}
