import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { callAnswer, messageAnswer, type UpstreamStep } from '../../model/testing/index.ts';
import {
  outputTold,
  type RpcProbe,
  startTestEngine,
  type TestEngine,
} from '../../testing/index.ts';

type Fields = Readonly<Record<string, unknown>>;

/** What a turn may do unless a test says otherwise: write in its folder, and not in /tmp, where that lies. */
const WORKSPACE = {
  type: 'workspaceWrite',
  writableRoots: [],
  networkAccess: false,
  excludeTmpdirEnvVar: true,
  excludeSlashTmp: true,
} as const;
export const FULL = { type: 'dangerFullAccess' } as const;

function fieldsOf(value: unknown): Fields {
  if (typeof value !== 'object' || value === null) throw new TypeError('Not an object');
  return { ...value };
}

/** An engine whose model calls one tool a turn, as each test says. */
export type AgentBench = AsyncDisposable & {
  readonly engine: TestEngine;
  readonly probe: RpcProbe;
  /** Where its threads work. */
  readonly folder: string;
  thread(): Promise<string>;
  /** Starts a turn in which the model calls the tool, and says "Done" to what comes of it. */
  turn(threadId: string, name: string, args: Fields, params?: Fields): Promise<AgentTurn>;
};

export type AgentTurn = {
  readonly threadId: string;
  readonly turnId: string;
  readonly callId: string;
  /** Resolves with what the model was told, when the turn has ended. */
  output(): Promise<string>;
  /** Resolves when the turn has ended. */
  ended(): Promise<Fields>;
  /** The item of the call, once it is completed. */
  item(): Promise<Fields>;
  /** What was shown of it as it came. */
  shown(): string;
};

export async function startAgentBench(
  options: Parameters<typeof startTestEngine>[0] = {},
): Promise<AgentBench> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'parley-agent-')));
  const scripts: UpstreamStep[][] = [];
  const env = { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: folder, SHELL: '/bin/sh' };
  const engine = await startTestEngine({ ...options, scripts, env: { ...env, ...options.env } });
  const probe = await engine.client();
  let calls = 0;
  return {
    engine,
    probe,
    folder,
    thread: async () => probe.thread({ cwd: folder }),
    async turn(threadId, name, args, params = {}) {
      calls += 1;
      const callId = `call_${calls}`;
      // A turn that was stopped has not come to its second request.
      scripts.length = engine.upstream.requests.length;
      scripts.push(
        [{ events: callAnswer({ name, arguments: args, callId }, `resp_${calls}`) }],
        [{ events: messageAnswer('Done', { response: `resp_${calls}b`, item: `msg_${calls}` }) }],
      );
      const { turn } = await probe.call('turn/start', {
        threadId,
        input: [{ type: 'text', text: 'Go' }],
        sandboxPolicy: { ...WORKSPACE, writableRoots: [] },
        ...params,
      });
      const turnId = String(fieldsOf(turn)['id']);
      const isIts = (its: Fields): boolean => fieldsOf(its['turn'])['id'] === turnId;
      const isItem = ({ item }: Fields): boolean => fieldsOf(item)['id'] === callId;
      const ended = async (): Promise<Fields> =>
        fieldsOf((await probe.notification('turn/completed', 1, isIts))['turn']);
      return {
        threadId,
        turnId,
        callId,
        ended,
        async output() {
          await ended();
          const outputs = engine.upstream.requests.map(({ body }) => outputTold(body, callId));
          const told = outputs.find((output) => output !== undefined);
          return typeof told === 'string' ? told : (JSON.stringify(told) ?? 'nothing');
        },
        item: async () => fieldsOf((await probe.notification('item/completed', 1, isItem))['item']),
        shown: () =>
          probe
            .all('item/commandExecution/outputDelta')
            .filter(({ itemId }) => itemId === callId)
            .map(({ delta }) => String(delta))
            .join(''),
      };
    },
    async [Symbol.asyncDispose]() {
      await engine[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The n-th approval (from 1) that a client was asked for, with its id. */
export async function approvalAsked(
  probe: RpcProbe,
  n = 1,
): Promise<{ readonly id: unknown; readonly params: Fields }> {
  const method = 'item/commandExecution/requestApproval';
  await probe.notification(method, n);
  const message = probe.messages.filter((known) => known.method === method)[n - 1];
  return { id: message?.id, params: message?.params ?? {} };
}
