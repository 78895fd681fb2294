import type {
  Model,
  ResponseOf,
  Thread,
  ThreadStartResponse,
  TimelineEntry,
  Turn,
} from '../index.ts';

/** A thread as the engine would send it; give what matters to the test. */
export function sampleThread(given: Partial<Thread> = {}): Thread {
  return {
    id: 'thread-1',
    sessionId: 'thread-1',
    forkedFromId: null,
    parentThreadId: null,
    projectId: null,
    preview: '',
    ephemeral: false,
    modelProvider: 'practice',
    model: 'practice-text',
    reasoningEffort: null,
    createdAt: 1_700_000_000,
    updatedAt: 1_700_000_000,
    recencyAt: 1_700_000_000,
    status: { type: 'idle' },
    path: null,
    cwd: '/home/someone',
    cliVersion: '0.1.0',
    originator: 'parley-app',
    source: 'appServer',
    threadSource: null,
    gitInfo: null,
    name: null,
    canAcceptDirectInput: true,
    historyMode: 'legacy',
    turns: [],
    ...given,
  };
}

export function sampleStart(thread: Partial<Thread> = {}): ThreadStartResponse {
  const made = sampleThread(thread);
  return {
    thread: made,
    model: made.model,
    modelProvider: made.modelProvider,
    serviceTier: null,
    cwd: made.cwd,
    runtimeWorkspaceRoots: [made.cwd],
    instructionSources: [],
    approvalPolicy: 'never',
    approvalsReviewer: 'user',
    sandbox: { type: 'readOnly', networkAccess: false },
    activePermissionProfile: null,
    reasoningEffort: null,
  };
}

export function sampleTurn(given: Partial<Turn> = {}): Turn {
  return {
    id: 'turn-1',
    rootTurnId: 'turn-1',
    items: [],
    itemsView: 'notLoaded',
    status: 'inProgress',
    error: null,
    startedAt: 1_700_000_000,
    completedAt: null,
    durationMs: null,
    ...given,
  };
}

/** A line that the voice said, at its place in a history. */
export const sampleSpoken = (position: number): TimelineEntry => ({
  type: 'realtime',
  position,
  item: {
    id: `a${position}`,
    realtimeSessionId: 's',
    type: 'transcriptSegment',
    role: 'assistant',
    text: 'Spoken',
  },
});

/** A model that new threads get; give what matters to the test. */
export function sampleModel(given: Partial<Model> = {}): Model {
  return {
    id: 'practice-text',
    model: 'practice-text',
    displayName: 'Made up',
    description: '',
    hidden: false,
    isDefault: true,
    supportedReasoningEfforts: [],
    defaultReasoningEffort: 'medium',
    inputModalities: ['text'],
    supportsPersonality: false,
    additionalSpeedTiers: [],
    serviceTiers: [],
    defaultServiceTier: null,
    upgrade: null,
    upgradeInfo: null,
    availabilityNux: null,
    ...given,
  };
}

/** The feature that lets Fast be had. */
export const FAST_FEATURE: ResponseOf<'experimentalFeature/list'>['data'][number] = {
  name: 'fast_mode',
  stage: 'stable',
  displayName: 'Fast',
  description: null,
  announcement: null,
  enabled: true,
  defaultEnabled: true,
};
