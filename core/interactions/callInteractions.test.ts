import { describe, expect, test } from 'vitest';

import { callInteractions } from './callInteractions.ts';
import { FakeClient, room, threadId, where } from './testing/index.ts';

function call() {
  const { interactions, desk, clock, signal } = room();
  const interrupts: string[] = [];
  const { turnId, itemId } = where;
  const context = callInteractions({
    interactions,
    clock,
    turnId,
    itemId,
    signal,
    approvalTimeoutMs: 60_000,
    interrupt: () => {
      interrupts.push(turnId);
    },
  });
  const [client = new FakeClient()] = desk.clients;
  return { context, desk, clock, client, interrupts };
}

describe('a tool call', () => {
  test('takes silence for a no when the time for an answer is over, and questions may take for ever', async () => {
    const { context, clock } = call();
    const approval = context.requestApproval({
      kind: 'fileChange',
      params: { reason: null, grantRoot: null },
    });
    void context.ask([]);
    clock.advance(60_000);

    expect(await approval).toMatchObject({ type: 'refused', because: 'expired' });
    expect(clock.pending).toBe(0);
  });

  test('asks for approval in the name of its item and turn', () => {
    const { context, clock, client } = call();
    void context.requestApproval({
      kind: 'fileChange',
      params: { reason: 'to mend it', grantRoot: null },
    });
    void context.requestApproval({
      kind: 'network',
      params: { itemId: 'network#h', kind: 'command', environmentId: null },
    });
    void context.requestApproval({
      kind: 'elicitation',
      params: {
        serverName: 'stub',
        message: 'Sure?',
        _meta: null,
        mode: 'url',
        url: 'https://example.test',
        elicitationId: 'e',
      },
    });
    const startedAtMs = clock.nowMs();
    expect(client.asked).toEqual([
      {
        id: 0,
        method: 'item/fileChange/requestApproval',
        params: {
          ...where,
          threadId,
          startedAtMs,
          reason: 'to mend it',
          grantRoot: null,
        },
      },
      {
        id: 1,
        method: 'item/commandExecution/requestApproval',
        params: {
          ...where,
          threadId,
          startedAtMs,
          itemId: 'network#h',
          kind: 'command',
          environmentId: null,
        },
      },
      {
        id: 2,
        method: 'mcpServer/elicitation/request',
        params: {
          threadId,
          turnId: where.turnId,
          serverName: 'stub',
          message: 'Sure?',
          _meta: null,
          mode: 'url',
          url: 'https://example.test',
          elicitationId: 'e',
        },
      },
    ]);
  });

  test.for([
    ['accept', 0],
    ['decline', 0],
    ['cancel', 1],
  ] as const)('an answer of %s ends %i turns', async ([decision, count]) => {
    const { context, desk, interrupts } = call();
    const outcome = context.requestApproval({
      kind: 'fileChange',
      params: { reason: null, grantRoot: null },
    });
    desk.answer(0, { decision });
    await outcome;
    expect(interrupts).toHaveLength(count);
  });
});
