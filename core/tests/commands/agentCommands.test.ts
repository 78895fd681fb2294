import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { createMemoryTransportPair } from '../../rpc/index.ts';
import { RpcProbe } from '../../testing/index.ts';
import { type AgentBench, approvalAsked, FULL, startAgentBench } from './agentBench.ts';

let bench: AgentBench;
beforeAll(async () => {
  bench = await startAgentBench({ env: { MY_API_KEY: 'hidden', SEEN: 'yes' } });
});
afterAll(async () => {
  await bench[Symbol.asyncDispose]();
});

/** How many approvals were asked for by now. */
const approvals = (): number => bench.probe.all('item/commandExecution/requestApproval').length;

/** Programs with that word in their command line. */
async function running(word: string): Promise<readonly string[]> {
  const found = (await readdir('/proc'))
    .filter((name) => /^\d+$/u.test(name))
    .map(async (pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''));
  return (await Promise.all(found)).filter((line) => line.includes(word));
}

test('a command of the model runs in the sandbox, is shown as it prints, and its end is told', async () => {
  const threadId = await bench.thread();
  const turn = await bench.turn(threadId, 'exec_command', { cmd: 'echo here; pwd; echo x > made' });

  expect(await turn.output()).toMatch(
    new RegExp(
      String.raw`^Chunk ID: [0-9a-f]{6}\nWall time: \d+\.\d{4} seconds\nProcess exited with code 0\nOriginal token count: \d+\nOutput:\nhere\n${RegExp.escape(bench.folder)}\n$`,
      'u',
    ),
  );
  expect(await readFile(join(bench.folder, 'made'), 'utf8')).toBe('x\n');
  const item = await turn.item();
  expect(item).toMatchObject({
    type: 'commandExecution',
    command: "/bin/sh -lc 'echo here; pwd; echo x > made'",
    cwd: bench.folder,
    source: 'unifiedExecStartup',
    status: 'completed',
    aggregatedOutput: `here\n${bench.folder}\n`,
    exitCode: 0,
  });
  expect(turn.shown()).toBe(item['aggregatedOutput']);
  expect(approvals()).toBe(0);
});

test('what a command may not write it cannot, and is told so', async () => {
  const outside = join(bench.engine.home, 'planted');
  const turn = await bench.turn(await bench.thread(), 'exec_command', {
    cmd: `echo x > ${outside}; echo $?`,
  });

  expect(await turn.output()).not.toContain('\n0\n');
  await expect(readFile(outside)).rejects.toThrow('ENOENT');
});

test('keys and tokens of the environment are not inherited, other variables are', async () => {
  const turn = await bench.turn(await bench.thread(), 'exec_command', { cmd: 'env' });
  const output = await turn.output();

  expect(output).toContain('SEEN=yes');
  expect(output).not.toContain('hidden');
});

test('what deletes by force is asked about, with its reason, and runs when that is allowed', async () => {
  const before = approvals();
  await writeFile(join(bench.folder, 'old'), '');
  const turn = await bench.turn(await bench.thread(), 'exec_command', { cmd: 'rm -f old' });
  const { id, params } = await approvalAsked(bench.probe, before + 1);

  expect(params).toMatchObject({
    turnId: turn.turnId,
    itemId: turn.callId,
    kind: 'command',
    environmentId: 'local',
    command: "/bin/sh -lc 'rm -f old'",
    cwd: bench.folder,
    availableDecisions: ['accept', 'acceptForSession', 'decline', 'cancel'],
  });
  expect(params['reason']).toMatch(/^It .*\.$/u);
  bench.probe.send({ id, result: { decision: 'accept' } });

  expect(await turn.output()).toContain('exited with code 0');
  await expect(readFile(join(bench.folder, 'old'))).rejects.toThrow('ENOENT');
});

test.each([
  ['decline', 'completed', 'The user declined it and says: Keep it.'],
  // Nothing more is asked of the model.
  ['cancel', 'interrupted', 'nothing'],
])('a command that people %s does not run, and its turn is %s', async (decision, status, told) => {
  const before = approvals();
  await writeFile(join(bench.folder, 'kept'), '');
  const turn = await bench.turn(await bench.thread(), 'exec_command', { cmd: 'rm -f kept' });
  const { id } = await approvalAsked(bench.probe, before + 1);
  bench.probe.send({ id, result: { decision, message: 'Keep it.' } });

  expect(await turn.ended()).toMatchObject({ status });
  expect(await turn.item()).toMatchObject({ status: 'declined', exitCode: null });
  expect(await readFile(join(bench.folder, 'kept'), 'utf8')).toBe('');
  expect(await turn.output()).toBe(told);
});

test('what is allowed for the session is not asked again, in other spacing neither', async () => {
  const before = approvals();
  const threadId = await bench.thread();
  const first = await bench.turn(threadId, 'exec_command', { cmd: 'rm -f a1' });
  const { id } = await approvalAsked(bench.probe, before + 1);
  bench.probe.send({ id, result: { decision: 'acceptForSession' } });
  await first.output();
  const again = await bench.turn(threadId, 'exec_command', { cmd: 'rm   -f  a1' });

  expect(await again.output()).toContain('exited with code 0');
  expect(approvals()).toBe(before + 1);
});

test('the policy never refuses in words what would have to be asked, and nobody is', async () => {
  const before = approvals();
  const params = { approvalPolicy: 'never' };
  const args = { cmd: 'id', sandbox_permissions: 'require_escalated', justification: 'Please?' };
  const turn = await bench.turn(await bench.thread(), 'exec_command', args, params);

  expect(await turn.output()).toContain('never');
  expect(await turn.item()).toMatchObject({ status: 'declined' });
  expect(approvals()).toBe(before);
});

test('an approved command still runs in the sandbox; what that refuses is asked about as running outside', async () => {
  const before = approvals();
  const outside = `${bench.folder}-outside`;
  const params = { approvalPolicy: 'untrusted' };
  const args = { cmd: `echo first; echo x > ${outside}` };
  const turn = await bench.turn(await bench.thread(), 'exec_command', args, params);
  const within = await approvalAsked(bench.probe, before + 1);
  bench.probe.send({ id: within.id, result: { decision: 'accept' } });
  const without = await approvalAsked(bench.probe, before + 2);
  await expect(readFile(outside)).rejects.toThrow('ENOENT');

  expect(within.params['reason'] ?? '').not.toContain('outside');
  expect(without.params['reason']).toContain('outside the sandbox');
  bench.probe.send({ id: without.id, result: { decision: 'decline' } });
  const output = await turn.output();
  expect(output).toMatch(/exited with code [1-9][^]*first[^]*The user declined it\.$/u);
  expect(await turn.item()).toMatchObject({ status: 'failed' });
});

test('words like those of a sandbox from the program itself are no denial', async () => {
  const before = approvals();
  const params = { approvalPolicy: 'untrusted' };
  const args = { cmd: 'echo "sandbox tests failed: permission denied"; exit 1' };
  const turn = await bench.turn(await bench.thread(), 'exec_command', args, params);
  const { id } = await approvalAsked(bench.probe, before + 1);
  bench.probe.send({ id, result: { decision: 'accept' } });

  expect(await turn.output()).toContain('exited with code 1');
  expect(approvals()).toBe(before + 1);
});

test.each([
  ['in the sandbox', {}],
  ['with full access', { sandboxPolicy: FULL }],
])(
  'a stopped turn leaves nothing running %s, also not what has left its group',
  async (_how, params) => {
    const mark = `4${Date.now() % 100_000}.5`;
    const args = { cmd: `(setsid sleep ${mark} &); (sleep ${mark} &); echo up; sleep ${mark}` };
    const turn = await bench.turn(await bench.thread(), 'exec_command', args, params);
    await bench.probe.notification(
      'item/commandExecution/outputDelta',
      1,
      ({ itemId }) => itemId === turn.callId,
    );
    await bench.probe.call('turn/interrupt', { threadId: turn.threadId, turnId: turn.turnId });

    expect(await turn.ended()).toMatchObject({ status: 'interrupted' });
    expect(await running(mark)).toEqual([]);
    expect(await turn.item()).toMatchObject({ status: 'failed', aggregatedOutput: 'up\n' });
  },
);

test('a program with a terminal runs on, is typed to, and interrupted in its foreground alone', async () => {
  const threadId = await bench.thread();
  const cmd = 'trap "echo caught" INT; echo ready; read line; echo "got $line"; read x; exit 7';
  const started = await bench.turn(threadId, 'exec_command', {
    cmd,
    tty: true,
    yield_time_ms: 250,
  });
  const session = Number(/session ID (?<id>\d+)/u.exec(await started.output())?.groups?.['id']);
  expect(await started.item()).toMatchObject({ status: 'inProgress', exitCode: null });
  const type = async (chars: string): Promise<string> => {
    const turn = await bench.turn(threadId, 'write_stdin', { session_id: session, chars });
    return turn.output();
  };

  expect(await type('hello\n')).toMatch(/running with session ID[^]*got hello/u);
  expect(await type('\u0003')).toMatch(/exited with code 7[^]*caught/u);
  expect(await type('x')).toContain(`no command running under session ID ${session}`);
  expect(bench.probe.all('item/commandExecution/terminalInteraction').at(-1)).toMatchObject({
    processId: String(session),
    stdin: '\u0003',
  });
});

test('a command without a terminal has no input, and one for a folder that is gone does not start', async () => {
  const threadId = await bench.thread();
  const cat = await bench.turn(threadId, 'exec_command', { cmd: 'cat; echo over' });
  expect(await cat.output()).toContain('over');
  const gone = await bench.turn(threadId, 'exec_command', { cmd: 'true', workdir: 'not/there' });
  expect(await gone.output()).toBe(
    `exec_command failed: There is no folder ${join(bench.folder, 'not/there')}.`,
  );
});

test('of very much output clients and the model get a bounded part, and are told so', async () => {
  const cmd = 'yes 0123456789 | head -c 5000000; echo the end';
  const turn = await bench.turn(await bench.thread(), 'exec_command', { cmd });
  const output = await turn.output();
  const item = await turn.item();

  expect(output).toMatch(/characters are left out here[^]*the end\n$/u);
  expect(output.length).toBeLessThan(45_000);
  expect(String(item['aggregatedOutput']).length).toBeLessThan(300_000);
  expect(turn.shown().length).toBeLessThan(1_100_000);
  expect(turn.shown()).toContain('more is printed than can be shown');
});

test('a client that may not be the user gets nothing run, in its own conversations and in those it joins', async () => {
  const [near, far] = createMemoryTransportPair();
  bench.engine.engine.connect(far, { isOwner: false });
  const stranger = new RpcProbe(near);
  await stranger.hello('stranger', { experimentalApi: true });
  const own = await stranger.thread({ cwd: bench.folder });
  await bench.probe.call('thread/resume', { threadId: own });
  const joined = await bench.thread();
  await stranger.call('turn/start', { threadId: joined, input: [] });
  await bench.probe.notification('turn/completed', 1, ({ threadId }) => threadId === joined);
  const mark = join(bench.folder, 'strange');

  for (const threadId of [own, joined]) {
    const turn = await bench.turn(
      threadId,
      'exec_command',
      { cmd: `echo x > ${mark}` },
      { sandboxPolicy: FULL },
    );
    expect(await turn.output()).toContain('There is no tool named exec_command');
  }
  await expect(readFile(mark)).rejects.toThrow('ENOENT');
});
