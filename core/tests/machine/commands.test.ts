import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { type RpcProbe, startTestEngine, type TestEngine } from '../../testing/index.ts';

const INVALID = -32600;
const BAD_PARAMS = -32602;
const free = { sandboxPolicy: { type: 'dangerFullAccess' } };
const base64 = (text: string): string => Buffer.from(text).toString('base64');

let bench: TestEngine;
let probe: RpcProbe;
beforeAll(async () => {
  bench = await startTestEngine({ env: { PATH: '/usr/bin:/bin', GONE: 'x' } });
  probe = await bench.client();
});
afterAll(async () => {
  await bench[Symbol.asyncDispose]();
});

const sh = (script: string, more: object = {}): object => ({
  command: ['sh', '-c', script],
  ...free,
  ...more,
});

/** What was streamed of a process, put together. */
function streamed(client: RpcProbe, processId: string, stream = 'stdout'): string {
  const pieces = client
    .all('command/exec/outputDelta')
    .filter((piece) => piece['processId'] === processId && piece['stream'] === stream);
  return pieces
    .map(({ deltaBase64 }) => Buffer.from(String(deltaBase64), 'base64').toString())
    .join('');
}

/** Resolves when the program has said that it runs. */
async function saying(client: RpcProbe, processId: string): Promise<void> {
  const isIts = (params: Readonly<Record<string, unknown>>): boolean =>
    params['processId'] === processId;
  await client.notification('command/exec/outputDelta', 1, isIts);
}

/** Resolves when the process has ended, be it that nobody has asked for its end yet. */
async function gone(pid: number): Promise<void> {
  for (;;) {
    const facts = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
    if (facts === undefined || facts.includes(') Z ')) return;
    await new Promise((resolve) => {
      setTimeout(resolve, 5);
    });
  }
}

test.each([
  ['echo out; echo err >&2; exit 3', { exitCode: 3, stdout: 'out\n', stderr: 'err\n' }],
  ['kill -9 $$', { exitCode: 137, stdout: '', stderr: '' }],
  ['cat', { exitCode: 0, stdout: '', stderr: '' }],
  ['echo "$NEW-$GONE"', { exitCode: 0, stdout: 'yes-\n', stderr: '' }],
])('the end of `%s` is told', async (script, end) => {
  const env = { NEW: 'yes', GONE: null };

  expect((await probe.ask('command/exec', sh(script, { env }))).result).toEqual(end);
});

test('a program runs in the folder it is given, from that of the engine', async () => {
  await probe.call('fs/createDirectory', { path: join(bench.home, 'sub') });

  const { result } = await probe.ask('command/exec', sh('pwd', { cwd: 'sub' }));

  expect(result).toMatchObject({ stdout: expect.stringMatching(/\/sub\n$/u) as string });
});

test.each([0, 30])('a program that overruns its %i ms ends', async (timeoutMs) => {
  const { result } = await probe.ask('command/exec', sh('sleep 60 & wait', { timeoutMs }));

  expect(result).toEqual({ exitCode: 124, stdout: '', stderr: '' });
});

test.each([
  'sleep 60 & echo $!',
  // Holds none of the pipes that the end is seen by.
  'sleep 60 >/dev/null 2>&1 & echo $!',
])('what a program leaves running holds up no answer and is ended: %s', async (script) => {
  const { result } = await probe.ask('command/exec', sh(script));

  expect(result).toMatchObject({ exitCode: 0 });
  await expect(gone(Number(result?.['stdout']))).resolves.toBeUndefined();
});

test('output beyond the bound is read and left out', async () => {
  const cut = await probe.ask('command/exec', sh('echo hello; echo x >&2', { outputBytesCap: 4 }));
  expect(cut.result).toEqual({ exitCode: 0, stdout: 'hell', stderr: 'x\n' });

  const most = await probe.ask('command/exec', sh('head -c 2000000 /dev/zero'));
  expect(String(most.result?.['stdout'])).toHaveLength(1024 * 1024);
});

test('input and output stream under the name that the client chose, and are not told twice', async () => {
  const streams = { streamStdin: true, streamStdoutStderr: true, processId: 'cat' };
  const end = probe.ask('command/exec', { command: ['cat'], ...free, ...streams });
  // Right behind, before the program can run.
  await probe.call('command/exec/write', { processId: 'cat', deltaBase64: base64('one ') });
  await saying(probe, 'cat');
  await probe.call('command/exec/write', {
    processId: 'cat',
    deltaBase64: base64('two'),
    closeStdin: true,
  });
  const late = await probe.ask('command/exec/write', { processId: 'cat', closeStdin: true });

  expect((await end).result).toEqual({ exitCode: 0, stdout: '', stderr: '' });
  expect(streamed(probe, 'cat')).toBe('one two');
  expect(late.error?.code).toBe(INVALID);
  // All pieces came before the answer.
  const lastPiece = probe.order.lastIndexOf('command/exec/outputDelta');
  expect(lastPiece).toBeLessThan(probe.order.lastIndexOf('answer'));
});

test('the last piece within the bound says that the rest is left out, once', async () => {
  const more = { processId: 'cut', streamStdoutStderr: true, outputBytesCap: 3 };
  await probe.ask(
    'command/exec',
    sh('printf abc; sleep 0.05; printf d; sleep 0.05; printf e', more),
  );

  const pieces = probe
    .all('command/exec/outputDelta')
    .filter(({ processId }) => processId === 'cut');
  expect(streamed(probe, 'cut')).toBe('abc');
  expect(pieces.filter(({ capReached }) => capReached === true)).toEqual([pieces.at(-1)]);
});

test('one name is one program at a time, and another client’s names are its own', async () => {
  const other = await bench.client();
  const named = { processId: 'same', streamStdoutStderr: true };
  const mine = probe.ask('command/exec', sh('echo a; sleep 9', named));
  const theirs = other.ask('command/exec', sh('echo b; sleep 9', named));
  await Promise.all([saying(probe, 'same'), saying(other, 'same')]);

  expect((await probe.ask('command/exec', sh('echo c', named))).error).toEqual({
    code: INVALID,
    message: 'duplicate active command/exec process id: "same"',
  });
  await probe.call('command/exec/terminate', { processId: 'same' });
  expect((await mine).result).toMatchObject({ exitCode: 137 });
  const again = await probe.ask('command/exec/terminate', { processId: 'same' });
  expect(again.error?.message).toBe('no active command/exec for process id "same"');
  expect(streamed(other, 'same')).toBe('b\n');
  await other.call('command/exec/terminate', { processId: 'same' });
  await theirs;
});

test('programs end with the connection that had them run', async () => {
  const client = await bench.client();
  const named = { processId: 'long', streamStdoutStderr: true, disableTimeout: true };
  void client.ask('command/exec', sh('sleep 60 & echo $!; wait', named));
  await saying(client, 'long');
  const pid = Number(streamed(client, 'long'));

  client.close();

  await expect(gone(pid)).resolves.toBeUndefined();
});

test('programs end with the engine', async () => {
  await using other = await startTestEngine({ env: { PATH: '/usr/bin:/bin' } });
  const client = await other.client();
  const named = { processId: 'long', streamStdoutStderr: true, disableTimeout: true };
  void client.ask('command/exec', sh('sleep 60 & echo $!; wait', named));
  await saying(client, 'long');

  await other.engine.close();

  await expect(gone(Number(streamed(client, 'long')))).resolves.toBeUndefined();
});

test.each<[object, number, string]>([
  [{ command: [] }, INVALID, 'command must not be empty'],
  [{ streamStdin: true }, INVALID, 'requires a client-supplied processId'],
  [{ tty: true }, INVALID, 'requires a client-supplied processId'],
  [{ size: { rows: 1, cols: 1 } }, BAD_PARAMS, 'size requires tty: true'],
  [{ timeoutMs: 5, disableTimeout: true }, BAD_PARAMS, 'both timeoutMs and disableTimeout'],
  [{ timeoutMs: -5 }, BAD_PARAMS, 'timeoutMs must be non-negative, got -5'],
  [{ outputBytesCap: 1, disableOutputCap: true }, BAD_PARAMS, 'both outputBytesCap'],
  [{ permissionProfile: ':workspace' }, INVALID, 'cannot be combined with `sandboxPolicy`'],
  [{ sandboxPolicy: null, permissionProfile: ':nope' }, INVALID, ':nope'],
  [{ command: ['/no/such'] }, -32603, 'failed to spawn command: no such file or directory'],
  [{ command: ['echo', '\u0000'] }, -32603, 'failed to spawn command: '],
  [{ cwd: '/no/such' }, -32603, 'failed to spawn command: no such file or directory'],
])('command/exec with %j is refused in words', async (more, code, words) => {
  const { error } = await probe.ask('command/exec', { command: ['echo'], ...free, ...more });

  expect(error?.code).toBe(code);
  expect(error?.message).toContain(words);
});

test.each<[object]>([
  [{}],
  [{ sandboxPolicy: { type: 'readOnly' } }],
  [{ sandboxPolicy: { type: 'workspaceWrite' } }],
  [{ permissionProfile: ':workspace' }],
])('a sandbox that cannot be had is refused and never passed over: %j', async (more) => {
  const { error } = await probe.ask('command/exec', { command: ['echo'], ...more });

  expect(error).toMatchObject({ code: INVALID });
  expect(error?.message).toContain('cannot keep a program within the sandbox');
});

test('without a word about it the settings decide', async () => {
  await using other = await startTestEngine({
    config: 'sandbox_mode = "danger-full-access"',
    env: { PATH: '/usr/bin:/bin' },
  });
  const client = await other.client();

  expect((await client.ask('command/exec', { command: ['echo', 'hi'] })).result).toMatchObject({
    stdout: 'hi\n',
  });
  await writeFile(join(other.home, 'config.toml'), 'model = ');
  const { error } = await client.ask('command/exec', { command: ['echo'] });
  expect(error?.message).toMatch(/^failed to load configuration: /u);
});

test.each<[string, object, number, string]>([
  ['write', { closeStdin: true }, INVALID, 'no active command/exec for process id "none"'],
  ['write', {}, BAD_PARAMS, 'requires deltaBase64 or closeStdin'],
  ['write', { deltaBase64: '!!' }, INVALID, '`deltaBase64` is not valid base64'],
  ['terminate', {}, INVALID, 'no active command/exec for process id "none"'],
  ['resize', { size: { rows: 1, cols: 1 } }, INVALID, 'no active command/exec'],
])('command/exec/%s of nothing with %j is refused', async (what, params, code, words) => {
  const { error } = await probe.ask(`command/exec/${what}`, { processId: 'none', ...params });

  expect(error?.code).toBe(code);
  expect(error?.message).toContain(words);
});

test('a program in a terminal has its size, is typed to, and is interrupted as people do it', async () => {
  const script =
    'trap "echo caught" INT; stty size; read line; echo "got $line"; stty size; read x; exit 5';
  const tty = { tty: true, processId: 'tty', size: { rows: 9, cols: 33 } };
  const end = probe.ask('command/exec', sh(script, tty));
  const shown = async (text: string): Promise<void> => {
    await expect.poll(() => streamed(probe, 'tty')).toContain(text);
  };
  await shown('9 33');
  await probe.call('command/exec/resize', { processId: 'tty', size: { rows: 10, cols: 44 } });
  await probe.call('command/exec/write', { processId: 'tty', deltaBase64: base64('hello\r') });
  await shown('got hello\r\n10 44');
  await probe.call('command/exec/write', { processId: 'tty', deltaBase64: base64('\u0003') });
  await shown('caught');

  expect((await end).result).toEqual({ exitCode: 5, stdout: '', stderr: '' });
});

test('a program in a terminal ends when it is told to, and one for a folder that is gone does not start', async () => {
  const end = probe.ask('command/exec', sh('echo here; sleep 60', { tty: true, processId: 'cut' }));
  await saying(probe, 'cut');
  await probe.call('command/exec/terminate', { processId: 'cut' });
  expect((await end).result).toMatchObject({ exitCode: 137 });

  const nowhere = { tty: true, processId: 'gone', cwd: '/gone/for/good' };
  const { error } = await probe.ask('command/exec', sh('true', nowhere));
  expect(error?.message).toContain('no such file or directory');
});

test('a program without input takes none, and one without a terminal has no size', async () => {
  const named = { processId: 'plain', streamStdoutStderr: true };
  const end = probe.ask('command/exec', sh('echo here; sleep 9', named));
  await saying(probe, 'plain');
  const refusal = async (what: string, params: object): Promise<string | undefined> =>
    (await probe.ask(`command/exec/${what}`, { processId: 'plain', ...params })).error?.message;

  expect(await refusal('write', { deltaBase64: '' })).toBe(
    'stdin streaming is not enabled for this command/exec',
  );
  expect(await refusal('resize', { size: { rows: 9, cols: 9 } })).toBe(
    'failed to resize PTY: process is not attached to a PTY',
  );
  await probe.call('command/exec/terminate', { processId: 'plain' });
  await end;
});
