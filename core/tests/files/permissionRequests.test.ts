import { existsSync, mkdirSync, mkdtempDisposableSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { callAnswer, messageAnswer } from '../../model/testing/index.ts';
import { outputTold, type RpcProbe, startTestEngine, turnEnded } from '../../testing/index.ts';

let folder: ReturnType<typeof mkdtempDisposableSync>;
let cwd: string;
beforeEach(() => {
  folder = mkdtempDisposableSync(join(tmpdir(), 'asking-'));
  cwd = join(realpathSync(folder.path), 'ws');
  mkdirSync(cwd);
});
afterEach(() => {
  folder.remove();
});

type Fields = Readonly<Record<string, unknown>>;

const asks = (permissions: Fields, callId = 'ask', reason?: string) => [
  {
    events: callAnswer({
      name: 'request_permissions',
      callId,
      arguments: { permissions, ...(reason !== undefined && { reason }) },
    }),
  },
];
const writes = (file: string, callId: string) => [
  {
    events: callAnswer({
      name: 'apply_patch',
      callId,
      arguments: { input: `*** Begin Patch\n*** Add File: ${file}\n+x\n*** End Patch` },
    }),
  },
];
const says = [{ events: messageAnswer('Done.') }];

const REQUEST = 'item/permissions/requestApproval';
const config = 'features.request_permissions_tool = true';
const NOTHING = '{"permissions":{"network":null,"file_system":null},"scope":"turn"}';

/** Answers the first request of a client. */
async function answered(probe: RpcProbe, result: Fields): Promise<Fields> {
  const params = await probe.notification(REQUEST);
  const message = probe.messages.find(({ method }) => method === REQUEST);
  probe.send({ id: message?.id, result });
  return params;
}

test('people are asked for what the model wants, and what they give counts as far as it was asked for', async () => {
  const wanted = {
    network: { enabled: true },
    file_system: { read: ['/etc'], write: ['out', 'out'] },
  };
  await using bench = await startTestEngine({
    config,
    scripts: [asks(wanted, 'ask', 'Why'), says],
  });
  const probe = await bench.client();
  const threadId = await probe.thread({ cwd });
  const turnId = await probe.turn(threadId, 'go');
  const params = await answered(probe, {
    permissions: { fileSystem: { write: [join(cwd, 'out', 'sub'), '/usr'] } },
    scope: 'turn',
  });

  expect(params).toEqual({
    threadId,
    turnId,
    itemId: 'ask',
    startedAtMs: expect.any(Number),
    environmentId: 'local',
    cwd,
    reason: 'Why',
    permissions: {
      network: { enabled: true },
      fileSystem: {
        read: ['/etc'],
        write: [join(cwd, 'out')],
        entries: [
          { path: { type: 'path', path: '/etc' }, access: 'read' },
          { path: { type: 'path', path: join(cwd, 'out') }, access: 'write' },
        ],
      },
    },
  });
  await turnEnded(probe);
  expect(JSON.parse(String(outputTold((await bench.upstream.request(2)).body, 'ask')))).toEqual({
    permissions: { network: null, file_system: { write: [join(cwd, 'out', 'sub')] } },
    scope: 'turn',
  });
});

describe('what was granted', () => {
  const scripts = [
    asks({ file_system: { write: ['.'] } }),
    writes('first.txt', 'p1'),
    says,
    writes('second.txt', 'p2'),
    says,
  ];

  test.for(['turn', 'session'] as const)('for the %s is open for that long', async (scope) => {
    await using bench = await startTestEngine({ config, scripts });
    const probe = await bench.client();
    const threadId = await probe.thread({ cwd });
    await probe.turn(threadId, 'go');
    const params = await probe.notification(REQUEST);
    await answered(probe, { permissions: params['permissions'], scope });
    await turnEnded(probe);

    expect(existsSync(join(cwd, 'first.txt'))).toBe(true);
    expect(probe.all('item/fileChange/requestApproval')).toEqual([]);
    await probe.turn(threadId, 'again');
    await (scope === 'turn'
      ? probe.notification('item/fileChange/requestApproval')
      : probe.notification('turn/completed', 2));
    expect(existsSync(join(cwd, 'second.txt'))).toBe(scope === 'session');
  });

  test('belongs to the folder of the turn that asked, also where the thread has gone elsewhere meanwhile', async () => {
    const rel = {
      path: { type: 'special', value: { kind: 'project_roots', subpath: 'rel' } },
      access: 'write',
    };
    await using bench = await startTestEngine({
      config,
      scripts: [asks({ file_system: { entries: [rel] } }), says],
    });
    const probe = await bench.client();
    const threadId = await probe.thread({ cwd });
    await probe.turn(threadId, 'go');
    const params = await probe.notification(REQUEST);
    await probe.call('thread/settings/update', { threadId, cwd: '/usr' });
    await answered(probe, { permissions: params['permissions'], scope: 'session' });
    await turnEnded(probe);

    expect(params).toMatchObject({ cwd });
    expect(outputTold((await bench.upstream.request(2)).body, 'ask')).toBe(
      JSON.stringify({
        permissions: { network: null, file_system: { write: [join(cwd, 'rel')] } },
        scope: 'session',
      }),
    );
  });
});

test('what the settings deny stays closed whoever grants it, and the model is told', async () => {
  await using bench = await startTestEngine({
    config,
    scripts: [asks({ file_system: { read: ['keys'] } }), says],
  });
  const probe = await bench.client();
  const threadId = await probe.thread({ cwd: bench.home });
  await probe.turn(threadId, 'go');
  const params = await probe.notification(REQUEST);
  await answered(probe, { permissions: params['permissions'], scope: 'turn' });
  await turnEnded(probe);

  expect(outputTold((await bench.upstream.request(2)).body, 'ask')).toContain(
    'stays closed, because the settings deny it',
  );
});

describe('nobody is asked', () => {
  test.for<{ name: string; permissions: Fields; more?: string; output: string }>([
    {
      name: 'for nothing',
      permissions: {},
      output: 'request_permissions requires at least one permission',
    },
    {
      name: 'for empty lists',
      permissions: { file_system: { read: [], write: [] } },
      output: 'request_permissions requires at least one permission',
    },
    {
      name: 'for a network that stays closed',
      permissions: { network: { enabled: false } },
      output: NOTHING,
    },
    {
      name: 'where the policy is never',
      permissions: { file_system: { write: ['a'] } },
      more: 'approval_policy = "never"',
      output: NOTHING,
    },
    {
      name: 'where a granular policy says so',
      permissions: { network: { enabled: true } },
      more: 'approval_policy = { granular = { sandbox_approval = true, rules = true, mcp_elicitations = true } }',
      output: NOTHING,
    },
    {
      name: 'for a pattern that is to be written',
      permissions: {
        file_system: {
          entries: [{ path: { type: 'glob_pattern', pattern: '/a/*' }, access: 'write' }],
        },
      },
      output:
        'request_permissions failed: glob file system permissions only support deny-read entries',
    },
  ])('$name', async ({ permissions, more = '', output }) => {
    await using bench = await startTestEngine({
      config: `${config}\n${more}`,
      scripts: [asks(permissions), says],
    });
    const probe = await bench.client();
    await probe.turn(await probe.thread({ cwd }), 'go');
    await turnEnded(probe);

    expect(outputTold((await bench.upstream.request(2)).body, 'ask')).toBe(output);
    expect(probe.all(REQUEST)).toEqual([]);
  });
});

test('who gives nothing has refused, and the model goes on with nothing', async () => {
  await using bench = await startTestEngine({
    config,
    scripts: [asks({ file_system: { write: ['a'] } }), says],
  });
  const probe = await bench.client();
  await probe.turn(await probe.thread({ cwd }), 'go');
  await answered(probe, { permissions: {}, scope: 'session' });
  expect(await turnEnded(probe)).toMatchObject({ status: 'completed' });

  expect(outputTold((await bench.upstream.request(2)).body, 'ask')).toBe(NOTHING);
});

test('the tool is not offered where its feature is off', async () => {
  await using bench = await startTestEngine({ scripts: [says] });
  const probe = await bench.client();
  await probe.turn(await probe.thread({ cwd }), 'go');
  await turnEnded(probe);

  expect(JSON.stringify((await bench.upstream.request(1)).body)).not.toContain(
    'request_permissions',
  );
});
