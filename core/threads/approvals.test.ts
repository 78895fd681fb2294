import { expect, test } from 'vitest';

import { ManualClock } from '../base/testing/index.ts';
import { unconstrainedFeatures } from '../features/testing/index.ts';
import { FakeDesk } from '../interactions/testing/index.ts';
import type { ModelEvent, ModelRequest } from '../model/index.ts';
import type { ModelFacts } from '../models/index.ts';
import { DEFAULT_PERMISSIONS, SessionGrants } from '../permissions/index.ts';
import { SessionTelemetry } from '../telemetry/index.ts';
import { type Tool, ToolRegistry } from '../tools/index.ts';
import { localEnvironments } from './environments.ts';
import type { ThreadSettings } from './ports.ts';
import { LiveThread } from './thread.ts';

const facts: Omit<ModelFacts, 'slug'> = {
  contextWindow: null,
  autoCompactTokenLimit: null,
  defaultEffort: null,
  defaultSummary: null,
  supportsVerbosity: false,
  defaultVerbosity: null,
  supportsParallelToolCalls: true,
  preferWebsockets: false,
  takesInterrupt: false,
  inputModalities: ['text'],
  serviceTiers: [],
  isPending: false,
  retirement: undefined,
};
const settings: ThreadSettings = {
  model: 'm',
  modelProvider: 'p',
  reasoningEffort: null,
  reasoningSummary: null,
  verbosity: null,
  serviceTier: null,
  environments: localEnvironments('/'),
  factsOf: (slug) => ({ slug, ...facts }),
  cwd: '/w',
  instructions: '',
  developerInstructions: undefined,
  threadSource: undefined,
  features: unconstrainedFeatures(),
  permissions: DEFAULT_PERMISSIONS,
};

/** A tool that asks before it acts, as those that run commands will. */
const deploy: Tool = {
  spec: {
    type: 'function',
    name: 'deploy',
    description: 'Deploys.',
    strict: false,
    parameters: { type: 'object', properties: {} },
  },
  concurrency: 'serial',
  async run(_input, context) {
    const outcome = await context.requestApproval({
      kind: 'command',
      params: { kind: 'command', environmentId: null, command: 'deploy' },
    });
    return outcome.type === 'accepted' ? 'Deployed.' : `Not deployed: ${outcome.words}`;
  },
};

const call: ModelEvent = {
  type: 'itemDone',
  itemId: 'i',
  item: { type: 'function_call', call_id: 'c', name: 'deploy', arguments: '{}' },
};
const end: ModelEvent = {
  type: 'completed',
  responseId: 'r',
  usage: undefined,
  endTurn: undefined,
};

/** A thread whose model calls the tool once. */
function bench() {
  const clock = new ManualClock();
  const desk = new FakeDesk(1);
  const requests: ModelRequest[] = [];
  const told: { readonly method: string; readonly params: unknown }[] = [];
  const completed = Promise.withResolvers<unknown>();
  let lastId = 0;
  const thread = new LiveThread({
    id: 't',
    settings,
    records: [],
    ports: {
      clock,
      newId: () => {
        lastId += 1;
        return `id${lastId}`;
      },
      notify: (method, params) => {
        told.push({ method, params });
        if (method === 'turn/completed') completed.resolve(params);
      },
      clients: desk,
      responders: [],
      sampler: async () => ({
        async *stream(request) {
          requests.push(request);
          if (requests.length === 1) yield call;
          yield end;
        },
        setClientMetadata: () => undefined,
        setWindowNumber: () => undefined,
        compact: async () => undefined,
        requestInterrupt: () => undefined,
      }),
      tools: new ToolRegistry([{ toolsFor: () => [deploy] }]),
      approvalTimeoutMs: 600_000,
      machine: { hasSlashTmp: true, home: '/nowhere' },
      grants: new SessionGrants(),
      unreadBytes: () => 0,
      onModelsEtag: () => undefined,
      telemetry: new SessionTelemetry({
        source: { threadId: 't', appVersion: '0', model: 'm', originator: 'o' },
        clock,
        log: { info: () => undefined, warn: () => undefined },
      }),
      journal: undefined,
    },
    name: null,
    onPreview: () => undefined,
    onName: () => undefined,
    onListenerError: (error) => {
      throw error;
    },
  });
  return { thread, desk, requests, told, completed: completed.promise };
}

const flags = (told: ReturnType<typeof bench>['told']): readonly unknown[] =>
  told.flatMap(({ method, params }) => (method === 'thread/status/changed' ? [params] : []));
const active = (...activeFlags: readonly string[]): unknown => ({
  threadId: 't',
  status: { type: 'active', activeFlags },
});

test.for([
  ['accept', 'completed', ['Deployed.']],
  ['decline', 'completed', ['Not deployed: Ask Ann.']],
  ['cancel', 'interrupted', []],
] as const)(
  'a tool waits for approval, and %s leaves its turn %s',
  async ([decision, status, output]) => {
    const { thread, desk, requests, told, completed } = bench();
    thread.prepareTurn({ input: [{ type: 'text', text: 'Go' }] }).begin();
    await expect.poll(() => desk.openIds).toEqual([0]);
    expect(thread.status).toEqual({ type: 'active', activeFlags: ['waitingOnApproval'] });
    desk.answer(0, { decision, message: 'Ask Ann.' });

    expect(await completed).toMatchObject({ turn: { status } });
    const outputs = requests
      .slice(1)
      .flatMap(({ input }) =>
        input.flatMap((item) => (item.type === 'function_call_output' ? [item.output] : [])),
      );
    expect(outputs).toEqual(output);
    const [turn] = thread.conversation.turns();
    expect(turn?.settledRequests).toMatchObject([
      {
        method: 'item/commandExecution/requestApproval',
        approval: { command: 'deploy' },
        outcome: { accept: 'accepted', decline: 'declined', cancel: 'cancelled' }[decision],
        answeredBy: 'client',
      },
    ]);
    expect(flags(told)).toEqual([
      active(),
      active('waitingOnApproval'),
      active(),
      { threadId: 't', status: { type: 'idle' } },
    ]);
  },
);
