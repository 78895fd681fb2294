import { ManualClock } from '../../base/testing/index.ts';
import { unconstrainedFeatures } from '../../features/testing/index.ts';
import type { ModelEvent, ModelRequest } from '../../model/index.ts';
import { DEFAULT_PERMISSIONS, SessionGrants } from '../../permissions/index.ts';
import type { ThreadItem, Turn } from '../../protocol/index.ts';
import { SessionTelemetry } from '../../telemetry/index.ts';
import { type Tool, ToolRegistry } from '../../tools/index.ts';
import { localEnvironments } from '../environments.ts';
import type { NewRecord, ThreadRecord } from '../history/index.ts';
import type { Notify, ThreadSettings } from '../ports.ts';
import { LiveThread } from '../thread.ts';
import type { ScriptedAnswer } from './scriptedAnswers.ts';

export type ThreadBenchOptions = {
  /** What the model does: the n-th request gets the n-th, later ones the last. */
  readonly answers?: readonly ScriptedAnswer[];
  readonly tools?: readonly Tool[];
  readonly records?: readonly ThreadRecord[];
  /** Whether the disk is done with a record at once; else when the test says so. */
  readonly disk?: 'quick' | 'byHand' | 'none';
};

/** A thread on its own, whose model is scripted and whose disk the test turns by hand. */
export function startThread(options: ThreadBenchOptions = {}) {
  const clock = new ManualClock();
  const told: { readonly method: string; readonly params: Readonly<Record<string, unknown>> }[] =
    [];
  const requests: ModelRequest[] = [];
  const records: NewRecord[] = [];
  const commits: { readonly records: number; readonly requests: number }[] = [];
  const waiting: (() => void)[] = [];
  const { answers = [], tools = [], disk = 'quick' } = options;
  let ids = 0;
  const notify: Notify = (method, params) => {
    told.push({ method, params: { ...params } });
  };
  const thread = new LiveThread({
    id: 'thread',
    settings: SETTINGS,
    records: options.records ?? [],
    name: null,
    onPreview: () => undefined,
    onName: () => undefined,
    onListenerError: (error) => {
      throw error;
    },
    ports: {
      clock,
      newId: () => {
        ids += 1;
        return `id_${ids}`;
      },
      notify,
      clients: {
        present: () => new Set(),
        open: () => ({ id: 0 }),
        drop: () => undefined,
      },
      responders: [],
      sampler: async () => ({
        stream: (request, { signal }) => {
          requests.push(request);
          return play(answers[Math.min(requests.length, answers.length) - 1], signal);
        },
        setClientMetadata: () => undefined,
        setWindowNumber: () => undefined,
        compact: async () => undefined,
        requestInterrupt: () => undefined,
      }),
      tools: new ToolRegistry([{ toolsFor: () => tools }]),
      approvalTimeoutMs: 600_000,
      machine: { hasSlashTmp: true, home: '/nowhere' },
      grants: new SessionGrants(),
      unreadBytes: () => 0,
      onModelsEtag: () => undefined,
      telemetry: new SessionTelemetry({
        source: { threadId: 'thread', appVersion: '0', model: 'm', originator: 'test' },
        clock,
        log: { info: () => undefined, warn: () => undefined },
      }),
      journal:
        disk === 'none'
          ? undefined
          : {
              commit: () => {
                commits.push({ records: records.length, requests: requests.length });
              },
              append: async (record) => {
                records.push(record);
                if (disk === 'quick') return;
                await new Promise<void>((resolve) => waiting.push(resolve));
              },
            },
    },
  });
  return {
    thread,
    clock,
    told,
    requests,
    records,
    /** How much there was each time that the journal was told to begin. */
    commits,
    /** Says that everything recorded so far is on the disk. */
    sync: () => {
      for (const resolve of waiting.splice(0)) resolve();
    },
    /** Starts a turn, or joins one, with these words. */
    say: (text: string): Turn => {
      const { turn, begin } = thread.prepareTurn({ input: [{ type: 'text', text }] });
      begin();
      return turn;
    },
    /** Resolves when that turn has ended. */
    ended: async (turnId: string): Promise<Turn> => {
      const { promise, resolve } = Promise.withResolvers<Turn>();
      thread.events.on('turnEnded', ({ turn }) => {
        if (turn.id === turnId) resolve(turn);
      });
      return promise;
    },
    /** The words of completed items that clients were told of, in order. */
    completed: (): readonly string[] =>
      told.flatMap(({ method, params }) =>
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what the thread itself has told
        method === 'item/completed' ? [wordsOf(params['item'] as ThreadItem)] : [],
      ),
  };
}

async function* play(
  answer: ScriptedAnswer | undefined,
  signal: AbortSignal,
): AsyncGenerator<ModelEvent, void, void> {
  if (answer !== undefined) yield* answer(signal);
}

function wordsOf(item: ThreadItem): string {
  if (item.type === 'agentMessage') return item.text;
  if (item.type !== 'userMessage') return item.type;
  return item.content.map((part) => (part.type === 'text' ? part.text : part.type)).join('');
}

const SETTINGS: ThreadSettings = {
  model: 'm',
  modelProvider: 'scripted',
  reasoningEffort: null,
  reasoningSummary: null,
  verbosity: null,
  serviceTier: null,
  factsOf: (slug) => ({
    slug,
    contextWindow: null,
    autoCompactTokenLimit: null,
    defaultEffort: null,
    defaultSummary: null,
    supportsVerbosity: false,
    defaultVerbosity: null,
    supportsParallelToolCalls: true,
    preferWebsockets: false,
    takesInterrupt: false,
    inputModalities: undefined,
    serviceTiers: [],
    isPending: false,
    retirement: undefined,
  }),
  cwd: '/',
  environments: localEnvironments('/'),
  instructions: '',
  developerInstructions: undefined,
  threadSource: undefined,
  features: unconstrainedFeatures(),
  permissions: DEFAULT_PERMISSIONS,
};
