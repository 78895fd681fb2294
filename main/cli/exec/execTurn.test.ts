import { afterEach, describe, expect, test } from 'vitest';

import { Emitter } from '../../../core/base/index.ts';
import { ManualClock } from '../../../core/base/testing/index.ts';
import {
  AppServerClient,
  type JsonRpcRequest,
  type NotificationMethod,
} from '../../../core/protocol/index.ts';
import { createMemoryTransportPair } from '../../../core/rpc/index.ts';
import { type FakeConnection, FakeEngine } from '../../testing/index.ts';
import type { CommandIo } from '../commandIo.ts';
import { execTurn } from './execTurn.ts';
import type { ReadLine } from './terminalLine.ts';

const threadId = '01890000-0000-7000-8000-000000000001';
const turnId = 'turn-1';
const turn = (status: string, message?: string) => ({
  id: turnId,
  rootTurnId: turnId,
  items: [],
  itemsView: 'notLoaded',
  status,
  error:
    message === undefined ? null : { message, codexErrorInfo: 'other', additionalDetails: null },
  startedAt: null,
  completedAt: null,
  durationMs: null,
});
const message = (id: string, text: string, phase: string | null = null) => ({
  type: 'agentMessage',
  id,
  text,
  phase,
  memoryCitation: null,
  startedAtMs: 1,
  completedAtMs: 2,
});
const startResponse = {
  thread: {
    id: threadId,
    sessionId: 's',
    forkedFromId: null,
    parentThreadId: null,
    projectId: null,
    preview: '',
    ephemeral: false,
    modelProvider: 'practice',
    model: 'm',
    reasoningEffort: null,
    createdAt: 1,
    updatedAt: 1,
    recencyAt: 1,
    status: { type: 'idle' },
    path: null,
    cwd: '/work',
    cliVersion: '1',
    originator: 'o',
    source: 'exec',
    threadSource: null,
    gitInfo: null,
    name: null,
    canAcceptDirectInput: true,
    historyMode: 'legacy',
    turns: [],
  },
  model: 'm',
  modelProvider: 'practice',
  serviceTier: null,
  cwd: '/work',
  runtimeWorkspaceRoots: [],
  instructionSources: [],
  approvalPolicy: 'never',
  approvalsReviewer: 'user',
  sandbox: { type: 'readOnly', networkAccess: false },
  activePermissionProfile: null,
  reasoningEffort: null,
};
const initializeResponse = {
  userAgent: 'x',
  codexHome: '/h',
  platformFamily: 'unix',
  platformOs: 'linux',
};

type Script = (
  say: (method: NotificationMethod, params: object) => void,
  connection: FakeConnection,
) => void;

const clients: AppServerClient[] = [];
afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});

function run(
  script: Script,
  options: {
    isJson?: boolean;
    isTty?: boolean;
    onInterrupt?: Script;
    onAnswer?: Script;
    readLine?: ReadLine;
  } = {},
) {
  const requests: JsonRpcRequest[] = [];
  const engine = new FakeEngine((raw, connection) => {
    const request = raw as JsonRpcRequest;
    requests.push(request);
    const say = (method: NotificationMethod, params: object): void => {
      connection.send({ method, params: { threadId, turnId, ...params } });
    };
    if (!('method' in request)) options.onAnswer?.(say, connection);
    switch (request.method) {
      case 'initialize':
        connection.send({ id: request.id, result: initializeResponse });
        break;
      case 'thread/start':
        connection.send({ id: request.id, result: startResponse });
        break;
      case 'turn/start':
        connection.send({ id: request.id, result: { turn: turn('inProgress') } });
        script(say, connection);
        break;
      case 'turn/interrupt':
        connection.send({ id: request.id, result: {} });
        options.onInterrupt?.(say, connection);
        break;
    }
  });
  const [near, far] = createMemoryTransportPair();
  const client = new AppServerClient(
    near,
    new Emitter((error) => {
      throw error;
    }),
  );
  clients.push(client);
  engine.connect(far);
  const written = { stdout: '', stderr: '' };
  const io: CommandIo = {
    stdout: { write: (text) => (written.stdout += text) },
    stderr: { write: (text) => (written.stderr += text) },
    isStderrTty: options.isTty ?? false,
    isStdoutTty: false,
  };
  const clock = new ManualClock();
  const controller = new AbortController();
  const code = execTurn(
    {
      text: 'do it',
      isJson: options.isJson ?? false,
      model: undefined,
      cwd: '/work',
      version: '1',
    },
    { client, io, clock, readLine: options.readLine, signal: controller.signal },
  );
  // Handled where it is awaited, which may be later.
  code.catch(() => undefined);
  return { code, written, requests, clock, controller, connection: () => engine.connections[0] };
}

const completed = { turn: turn('completed') };

const question = {
  threadId,
  turnId,
  itemId: 'c',
  questions: [
    { id: 'q', header: 'H', question: 'Sure?', isOther: true, isSecret: false, options: null },
  ],
  isBlocking: true,
  autoResolutionMs: null,
};
const asks: Script = (say, connection) => {
  say('item/agentMessage/delta', { itemId: 'a', delta: 'First' });
  say('item/completed', { item: message('a', 'First'), completedAtMs: 1 });
  connection.send({ id: 0, method: 'item/tool/requestUserInput', params: question });
};
const goesOn: Script = (say) => {
  say('item/agentMessage/delta', { itemId: 'b', delta: 'Then' });
  say('turn/completed', completed);
};

describe('parley exec when the agent asks', () => {
  test('puts it to the terminal, on a line of its own, and sends the answer', async () => {
    const { code, written, requests } = run(asks, {
      onAnswer: goesOn,
      readLine: async () => 'yes',
    });
    expect(await code).toBe(0);
    expect(written.stderr).toContain('\nH: Sure?\nType your answer.\n> ');
    expect(written.stdout).toBe('First\n\nThen\n');
    expect(requests.at(-1)).toEqual({ id: 0, result: { answers: { q: { answers: ['yes'] } } } });
  });

  test.each([
    ['without a terminal', false],
    ['with --json', true],
  ])('says that nobody can be asked %s', async (_where, isJson) => {
    const { code, written, requests } = run(asks, {
      onAnswer: goesOn,
      isJson,
      ...(isJson ? { readLine: async () => 'yes' } : {}),
    });
    expect(await code).toBe(0);
    expect(requests.at(-1)).toMatchObject({
      id: 0,
      error: { message: expect.stringContaining('nobody can be asked') },
    });
    expect(written.stderr).toBe('');
    expect(written.stdout.includes('"item/tool/requestUserInput"')).toBe(isJson);
  });

  test('stops reading when the question is withdrawn', async () => {
    let stopped = false;
    const { code, connection, requests } = run(asks, {
      readLine: async ({ over }) => {
        await over;
        stopped = true;
        return undefined;
      },
    });
    await expect.poll(() => requests.at(-1)?.method).toBe('turn/start');
    connection()?.send({ method: 'serverRequest/resolved', params: { threadId, requestId: 0 } });
    connection()?.send({ method: 'turn/completed', params: { threadId, ...completed } });
    expect(await code).toBe(0);
    expect(stopped).toBe(true);
    expect(requests.at(-1)?.method).toBe('turn/start');
  });
});

const attempt =
  (id: string, text: string): Script =>
  (say) => {
    say('item/started', { item: message(id, ''), startedAtMs: 1 });
    for (const delta of text.match(/\S+\s?/gu) ?? []) {
      say('item/agentMessage/delta', { itemId: id, delta });
    }
  };
const cutOff =
  (id: string, text: string): Script =>
  (say, connection) => {
    attempt(id, text)(say, connection);
    const item = { ...message(id, text), interrupted: true };
    say('item/completed', { item, completedAtMs: 1 });
  };
const whole =
  (id: string, text: string): Script =>
  (say, connection) => {
    attempt(id, text)(say, connection);
    say('item/completed', { item: message(id, text), completedAtMs: 1 });
    say('turn/completed', completed);
  };
const AGAIN = 'parley: The answer broke off and begins again.\n';

describe('parley exec', () => {
  test('prints the answer as it streams and ends with 0', async () => {
    const { code, written, requests } = run((say) => {
      say('item/agentMessage/delta', { itemId: 'a', delta: 'Hel' });
      say('item/agentMessage/delta', { itemId: 'a', delta: 'lo' });
      say('item/completed', { item: message('a', 'Hello'), completedAtMs: 1 });
      say('turn/completed', completed);
    });

    expect(await code).toBe(0);
    expect(written).toEqual({ stdout: 'Hello\n', stderr: '' });
    expect(requests.map(({ method }) => method)).toEqual([
      'initialize',
      'initialized',
      'thread/start',
      'turn/start',
    ]);
    expect(requests[3]?.params).toEqual({ threadId, input: [{ type: 'text', text: 'do it' }] });
  });

  test('prints what came without deltas, and two messages apart', async () => {
    const { code, written } = run((say) => {
      say('item/completed', { item: message('a', 'One'), completedAtMs: 1 });
      say('item/agentMessage/delta', { itemId: 'b', delta: 'Tw' });
      say('item/completed', { item: message('b', 'Two\n'), completedAtMs: 1 });
      say('item/completed', { item: message('b', 'Two\n'), completedAtMs: 1 });
      say('turn/completed', completed);
    });
    await code;

    expect(written.stdout).toBe('One\n\nTwo\n');
  });

  test.for<[string, Script[], string, string]>([
    [
      'a repeat that says the same goes on where it broke off',
      [
        attempt('a', 'Half a '),
        attempt('b', 'Half a '),
        attempt('c', 'Ha'),
        whole('d', 'Half a loaf'),
      ],
      'Half a loaf\n',
      '',
    ],
    [
      'the same when each attempt is told as interrupted',
      [cutOff('a', 'Half a '), cutOff('b', 'Half '), whole('c', 'Half a loaf')],
      'Half a loaf\n',
      '',
    ],
    [
      'the same under one id',
      [attempt('a', 'Half a '), attempt('a', 'Half '), whole('a', 'Half a loaf')],
      'Half a loaf\n',
      '',
    ],
    [
      'a repeat in other words is printed once, when it is whole',
      [
        attempt('a', 'Half a '),
        attempt('b', 'A slice '),
        attempt('c', 'Some '),
        whole('d', 'Some bread'),
      ],
      'Half a\n\nSome bread\n',
      AGAIN,
    ],
  ])('an answer that breaks and is repeated: %s', async ([, scripts, stdout, stderr]) => {
    const { code, written } = run((say, connection) => {
      for (const script of scripts) script(say, connection);
    });

    expect(await code).toBe(0);
    expect({ ...written, stdout: written.stdout.replace('Half a \n', 'Half a\n') }).toEqual({
      stdout,
      stderr,
    });
  });

  test('an answer that stays broken is printed as far as it came', async () => {
    const { code, written } = run((say, connection) => {
      attempt('a', 'Half a ')(say, connection);
      attempt('b', 'Other ')(say, connection);
      say('item/completed', {
        item: { ...message('b', 'Other '), interrupted: true },
        completedAtMs: 1,
      });
      say('turn/completed', { turn: turn('failed', 'The server went away.') });
    });

    await expect(code).rejects.toThrow('The server went away.');
    expect(written).toEqual({ stdout: 'Half a \n', stderr: '' });
  });

  test('keeps what the model says while working out of the answer', async () => {
    const { code, written } = run((say) => {
      say('item/started', { item: message('a', '', 'commentary'), startedAtMs: 1 });
      say('item/agentMessage/delta', { itemId: 'a', delta: 'Looking' });
      say('item/completed', { item: message('a', 'Looking', 'commentary'), completedAtMs: 1 });
      say('item/completed', { item: message('b', 'Done'), completedAtMs: 1 });
      say('turn/completed', completed);
    });
    await code;

    expect(written).toEqual({ stdout: 'Done\n', stderr: '' });
  });

  test('shows state, time and step on a terminal only, and wipes them before the answer', async () => {
    const { code, written, clock, connection } = run(
      (say) => {
        say('turn/plan/updated', {
          explanation: null,
          plan: [
            { step: 'Read', status: 'completed' },
            { step: 'Count', status: 'inProgress' },
          ],
        });
      },
      { isTty: true },
    );
    await expect.poll(() => written.stderr).toContain('step 2 of 2: Count');
    clock.advance(3_000);
    expect(written.stderr).toContain('Working, 3 s · step 2 of 2: Count');
    const params = { threadId, turnId, itemId: 'a', delta: 'Hi' };
    connection()?.send({ method: 'item/agentMessage/delta', params });
    connection()?.send({ method: 'turn/completed', params: { threadId, ...completed } });
    await code;

    expect(written.stdout).toBe('Hi\n');
    expect(written.stderr.endsWith('\r\u001B[K')).toBe(true);
    expect(clock.pending).toBe(0);
  });

  test('prints one JSON object per line and nothing else with --json', async () => {
    const { code, written } = run(
      (say) => {
        say('turn/started', { turn: turn('inProgress') });
        say('item/agentMessage/delta', { itemId: 'a', delta: 'Hi' });
        say('turn/completed', completed);
      },
      { isJson: true },
    );
    await code;
    const lines = written.stdout.trimEnd().split('\n');

    expect(lines.map((line) => (JSON.parse(line) as { method: string }).method)).toEqual([
      'turn/started',
      'item/agentMessage/delta',
      'turn/completed',
    ]);
  });

  test('ends with the engine’s own words when the turn failed', async () => {
    const { code, written } = run((say) => {
      say('item/agentMessage/delta', { itemId: 'a', delta: 'So far' });
      say('turn/completed', { turn: turn('failed', 'The provider refused the key.') });
    });

    await expect(code).rejects.toMatchObject({
      exitCode: 1,
      message: 'The provider refused the key.',
    });
    expect(written.stdout).toBe('So far\n');
  });

  test('ends when the engine goes away', async () => {
    const { code } = run((_say, connection) => {
      connection.close();
    });

    await expect(code).rejects.toThrow(/engine went away|Connection closed/u);
  });

  test('interrupts the turn on Ctrl-C, keeps the partial answer and ends with 130', async () => {
    const { code, written, controller, requests } = run(
      (say) => {
        say('item/agentMessage/delta', { itemId: 'a', delta: 'Half' });
      },
      {
        onInterrupt: (say) => {
          say('turn/completed', { turn: turn('interrupted') });
        },
      },
    );
    await expect.poll(() => written.stdout).toBe('Half');
    controller.abort();

    expect(await code).toBe(130);
    expect(written.stdout).toBe('Half\n');
    expect(requests.at(-1)).toMatchObject({
      method: 'turn/interrupt',
      params: { threadId, turnId },
    });
  });

  test('does not wait for ever for an engine that ignores the interrupt', async () => {
    const { code, controller, clock, requests } = run(() => undefined);
    await expect.poll(() => requests.at(-1)?.method).toBe('turn/start');
    // Let the response of turn/start arrive before the interrupt.
    await new Promise((resolve) => setImmediate(resolve));
    controller.abort();
    clock.advance(3_000);

    expect(await code).toBe(130);
  });
});
