import { expect, test, vi } from 'vitest';

import { sampleTurn, type ScriptedEngine } from '../../../core/protocol/testing/index.ts';
import { readyAssistant as ready, threadId } from '../../testing/index.ts';
import type { Assistant } from '../assistant.ts';

const METHOD = 'item/commandExecution/requestApproval';

const request = {
  threadId,
  turnId: 'turn-1',
  itemId: 'call-1',
  startedAtMs: 0,
  kind: 'command' as const,
  environmentId: null,
  reason: 'To clean up',
  command: 'rm -rf build',
  cwd: '/project',
  availableDecisions: [
    'accept' as const,
    { acceptWithExecpolicyAmendment: { execpolicy_amendment: ['rm', '-rf', 'build'] } },
    'cancel' as const,
  ],
};

async function asked(): Promise<{ engine: ScriptedEngine; assistant: Assistant }> {
  const parts = await ready();
  await parts.assistant.send('clean up');
  parts.engine.notify('turn/started', { threadId, turn: sampleTurn() });
  parts.engine.ask(0, METHOD, request);
  return parts;
}

const entries = (assistant: Assistant) => assistant.approvals.entries.getSnapshot();
const keyOf = (assistant: Assistant): string => entries(assistant)[0]?.key ?? '';

test('a command waits with all that is known of it, and with every answer that counts', async () => {
  const { assistant } = await asked();
  expect(entries(assistant)).toMatchObject([
    {
      status: 'open',
      turnId: 'turn-1',
      request: {
        title: 'Parley wants to run this command',
        command: 'rm -rf build',
        cwd: '/project',
        reason: 'To clean up',
        choices: [{ id: 'once' }, { id: 'always' }, { id: 'stop' }, { id: 'no' }],
      },
    },
  ]);
  expect(assistant.announcer.current.getSnapshot().text).toContain('rm -rf build');
});

test('an answer is sent once, and settled by the word of the engine', async () => {
  const { engine, assistant } = await asked();
  const key = keyOf(assistant);
  expect(assistant.approvals.give(key, 'once')).toBe(true);
  expect(assistant.approvals.give(key, 'no')).toBe(false);
  await vi.waitFor(() => {
    expect(engine.answers).toEqual([{ id: 0, result: { decision: 'accept' } }]);
  });
  engine.notify('serverRequest/resolved', { threadId, requestId: 0, answeredBy: 'client' });
  expect(entries(assistant)).toMatchObject([{ status: 'accepted', by: 'here' }]);
});

test('a no takes words for the agent along, and a yes does not', async () => {
  const { engine, assistant } = await asked();
  assistant.approvals.give(keyOf(assistant), 'no', ' use git clean ');
  await vi.waitFor(() => {
    expect(engine.answers).toEqual([
      { id: 0, result: { decision: 'decline', message: 'use git clean' } },
    ]);
  });
  engine.notify('serverRequest/resolved', { threadId, requestId: 0, answeredBy: 'client' });
  expect(entries(assistant)).toMatchObject([{ status: 'refused', by: 'here' }]);
});

test.each([
  ['client', { status: 'answered', by: 'elsewhere' }],
  ['voice', { status: 'answered', by: 'voice' }],
  [undefined, { status: 'withdrawn', by: undefined }],
] as const)('one that %s settled is over here, too', async (answeredBy, settled) => {
  const { engine, assistant } = await asked();
  engine.notify('serverRequest/resolved', { threadId, requestId: 0, answeredBy });
  expect(entries(assistant)).toMatchObject([settled]);
  await vi.waitFor(() => {
    expect(assistant.approvals.give(keyOf(assistant), 'once')).toBe(false);
  });
  expect(engine.answers).toEqual([]);
});

test('it is asked again after a reconnect under another number, and over when it is not', async () => {
  const { engine, assistant } = await asked();
  engine.drop();
  await assistant.link.connect();
  engine.ask(3, METHOD, request);
  await vi.waitFor(() => {
    expect(engine.asked('thread/timeline/list').length).toBeGreaterThan(0);
  });
  expect(entries(assistant)).toMatchObject([{ requestId: 3, status: 'open' }]);
  engine.drop();
  await assistant.link.connect();
  await vi.waitFor(() => {
    expect(entries(assistant)).toMatchObject([{ status: 'withdrawn' }]);
  });
});

test('more permissions are told in words, and a no grants nothing', async () => {
  const { engine, assistant } = await ready();
  engine.ask(0, 'item/permissions/requestApproval', {
    threadId,
    turnId: 'turn-1',
    itemId: 'call-1',
    startedAtMs: 0,
    environmentId: null,
    cwd: '/project',
    reason: null,
    permissions: {
      network: { enabled: true },
      fileSystem: {
        entries: [
          { path: { type: 'path', path: '/data' }, access: 'write' },
          { path: { type: 'special', value: { kind: 'tmpdir' } }, access: 'read' },
        ],
      },
    },
  });
  await vi.waitFor(() => {
    expect(entries(assistant)[0]?.request.touches).toEqual([
      'read and write /data',
      'read the folder for temporary files',
      'reach the network',
    ]);
  });
  assistant.approvals.give(keyOf(assistant), 'no');
  await vi.waitFor(() => {
    expect(engine.answers).toEqual([{ id: 0, result: { permissions: {}, scope: 'turn' } }]);
  });
});

test('what was allowed in a conversation that is read back is there, each once', async () => {
  const { assistant } = await asked();
  const settled = {
    method: METHOD,
    approval: { command: 'npm test' },
    outcome: 'accepted' as const,
    answeredBy: 'client' as const,
    afterItemId: 'item-1',
  };
  const turns = [
    { id: 'turn-0', settledRequests: [{ ...settled, itemId: 'call-0' }] },
    { id: 'turn-2', settledRequests: [{ ...settled, itemId: 'c', outcome: 'declined' as const }] },
    { id: 'turn-3', settledRequests: [{ ...settled, itemId: 'c', approval: undefined }] },
  ];
  assistant.approvals.restore(turns);
  assistant.approvals.restore(turns);
  expect(entries(assistant)).toMatchObject([
    { turnId: 'turn-0', status: 'accepted', by: 'earlier', after: 'item-1' },
    { turnId: 'turn-2', status: 'refused' },
    { turnId: 'turn-1', status: 'open' },
  ]);
});

test('several things that were asked of one item are all there, and none twice that this page has heard of', async () => {
  const { engine, assistant } = await asked();
  engine.notify('serverRequest/resolved', { threadId, requestId: 0, answeredBy: 'voice' });
  const settled = {
    method: METHOD,
    approval: { command: 'npm test' },
    outcome: 'accepted' as const,
    answeredBy: 'client' as const,
    afterItemId: null,
  };
  const turns = [
    {
      id: 'turn-0',
      settledRequests: [
        { ...settled, itemId: 'call-0' },
        { ...settled, itemId: 'call-0', outcome: 'declined' as const },
      ],
    },
    { id: 'turn-1', settledRequests: [{ ...settled, itemId: 'call-1' }] },
  ];
  assistant.approvals.restore(turns);
  assistant.approvals.restore(turns);
  expect(entries(assistant)).toMatchObject([
    { turnId: 'turn-0', status: 'accepted' },
    { turnId: 'turn-0', status: 'refused' },
    { turnId: 'turn-1', status: 'answered', by: 'voice' },
  ]);
});
