import {
  existsSync,
  mkdirSync,
  mkdtempDisposableSync,
  readFileSync,
  realpathSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import type { SandboxPolicy } from '../../protocol/index.ts';
import { callAnswer, messageAnswer } from '../../model/testing/index.ts';
import {
  completedItems,
  looseItems,
  outputTold,
  type RpcProbe,
  startTestEngine,
  turnEnded,
} from '../../testing/index.ts';

let folder: ReturnType<typeof mkdtempDisposableSync>;
let cwd: string;
beforeEach(() => {
  // Beside the folder for what is passing, which every workspace may write to.
  folder = mkdtempDisposableSync(join(tmpdir(), 'patches-'));
  cwd = join(realpathSync(folder.path), 'ws');
  mkdirSync(cwd);
});
afterEach(() => {
  folder.remove();
});

const ONLY_HERE: SandboxPolicy = {
  type: 'workspaceWrite',
  writableRoots: [],
  networkAccess: false,
  excludeTmpdirEnvVar: true,
  excludeSlashTmp: true,
};

/** The model applies each of these patches in an answer of its own, and says that it is done. */
const patching = (...patches: readonly (readonly string[])[]) => [
  ...patches.map((lines, index) => [
    {
      events: callAnswer({
        name: 'apply_patch',
        callId: `p${index + 1}`,
        arguments: { input: ['*** Begin Patch', ...lines, '*** End Patch'].join('\n') },
      }),
    },
  ]),
  [{ events: messageAnswer('Done.') }],
];

const APPROVAL = 'item/fileChange/requestApproval';

/** Resolves with the n-th time a client was asked. */
async function asked(probe: RpcProbe, n = 1) {
  await probe.notification(APPROVAL, n);
  return probe.messages.filter(({ method }) => method === APPROVAL)[n - 1];
}

test('a patch changes the files, is shown as it is, and the turn’s diff is told once per change', async () => {
  writeFileSync(join(cwd, 'a.txt'), 'one\ntwo\n');
  await using bench = await startTestEngine({
    scripts: patching(
      ['*** Update File: a.txt', ' one', '-two', '+TWO', '*** Add File: b.txt', '+new'],
      ['*** Delete File: b.txt'],
    ),
  });
  const probe = await bench.client();
  const threadId = await probe.thread({ cwd });
  await probe.call('thread/settings/update', { threadId, sandboxPolicy: ONLY_HERE });
  const turnId = await probe.turn(threadId, 'go');
  expect(await turnEnded(probe)).toMatchObject({ status: 'completed' });

  expect(readFileSync(join(cwd, 'a.txt'), 'utf8')).toBe('one\nTWO\n');
  expect(existsSync(join(cwd, 'b.txt'))).toBe(false);
  expect(outputTold((await bench.upstream.request(2)).body, 'p1')).toMatch(
    /^Exit code: 0\nWall time: [\d.]+ seconds\nOutput:\nSuccess\. Updated the following files:\nA b\.txt\nM a\.txt\n$/u,
  );
  expect(completedItems(probe, 'fileChange')).toMatchObject([
    {
      id: 'p1',
      status: 'completed',
      changes: [
        {
          path: join(cwd, 'a.txt'),
          kind: { type: 'update', move_path: null },
          diff: '@@ -1,2 +1,2 @@\n one\n-two\n+TWO\n',
        },
        { path: join(cwd, 'b.txt'), kind: { type: 'add' }, diff: 'new\n' },
      ],
    },
    { id: 'p2', status: 'completed' },
  ]);
  const changed =
    'diff --git a/a.txt b/a.txt\n' +
    'index 814f4a422927b82f5f8a43f8fab6d3839e3983f2..879de50b9a967adae6ab5fe536d4ef6e0af21bb1\n' +
    '--- a/a.txt\n+++ b/a.txt\n@@ -1,2 +1,2 @@\n one\n-two\n+TWO\n';
  expect(probe.all('turn/diff/updated')).toEqual([
    {
      threadId,
      turnId,
      diff: expect.stringMatching(/^diff --git a\/a\.txt.*\+new\n$/su) as string,
    },
    { threadId, turnId, diff: changed },
  ]);
  expect(probe.all('item/fileChange/patchUpdated')).toEqual([]);
  expect(looseItems(probe)).toEqual([]);
});

test('outside of the workspace people are asked, a refusal’s words reach the model, and a yes for the session lasts', async () => {
  const outside = join(cwd, '../outside.txt');
  const patch = ['*** Add File: ../outside.txt', '+x'];
  await using bench = await startTestEngine({ scripts: patching(patch, patch, patch) });
  const probe = await bench.client();
  const threadId = await probe.thread({ cwd });
  await probe.call('thread/settings/update', { threadId, sandboxPolicy: ONLY_HERE });
  await probe.turn(threadId, 'go');
  const first = await asked(probe);

  expect(first).toMatchObject({
    method: APPROVAL,
    params: { itemId: 'p1', reason: `${outside} may only be read`, grantRoot: null },
  });
  expect(probe.order.lastIndexOf('item/started')).toBeLessThan(probe.order.indexOf(APPROVAL));
  probe.send({ id: first?.id, result: { decision: 'decline', message: 'Not there.' } });
  const second = await asked(probe, 2);
  expect(existsSync(outside)).toBe(false);
  probe.send({ id: second?.id, result: { decision: 'acceptForSession' } });
  expect(await turnEnded(probe)).toMatchObject({ status: 'completed' });

  expect(outputTold((await bench.upstream.request(2)).body, 'p1')).toBe(
    'patch rejected by user: Not there.',
  );
  expect(outputTold((await bench.upstream.request(4)).body, 'p3')).toContain('Success');
  expect(probe.all(APPROVAL)).toHaveLength(2);
  expect(completedItems(probe, 'fileChange').map(({ status }) => status)).toEqual([
    'declined',
    'completed',
    'completed',
  ]);
});

test('where nothing may be written and nobody is to be asked, nothing is', async () => {
  await using bench = await startTestEngine({
    scripts: patching(['*** Add File: a.txt', '+x'], ['*** Update File: a.txt', '-x', '+y']),
  });
  const probe = await bench.client();
  const threadId = await probe.thread({ cwd, sandbox: 'read-only', approvalPolicy: 'never' });
  await probe.turn(threadId, 'go');
  await turnEnded(probe);

  const { body } = await bench.upstream.request(3);
  expect(outputTold(body, 'p1')).toContain('patch rejected: writing outside of the project');
  expect(outputTold(body, 'p2')).toContain('apply_patch verification failed: Failed to read file');
  expect(existsSync(join(cwd, 'a.txt'))).toBe(false);
  expect(probe.all('turn/diff/updated')).toEqual([]);
  expect(completedItems(probe, 'fileChange')).toEqual([]);
});

test('a turn’s changes are taken back as one, also by a later process, and never over what others wrote since', async () => {
  const large = 'x'.repeat(10_000);
  writeFileSync(join(cwd, 'a.txt'), `${large}\none\n`);
  writeFileSync(join(cwd, 'gone.txt'), 'gone\n');
  await using bench = await startTestEngine({
    scripts: patching(
      ['*** Update File: a.txt', '-one', '+two', '*** Delete File: gone.txt'],
      ['*** Update File: a.txt', '-two', '+three', '*** Add File: sub/new.txt', '+new'],
    ),
  });
  const first = await bench.client();
  const threadId = await first.thread({ cwd });
  await first.call('thread/settings/update', { threadId, sandboxPolicy: ONLY_HERE });
  const turnId = await first.turn(threadId, 'go');
  await turnEnded(first);
  await bench.restart();
  const probe = await bench.client({ extensions: { parley: {} } });
  await probe.call('thread/resume', { threadId });

  const undo = async () => probe.ask('thread/fileChanges/undo', { threadId, turnId });
  writeFileSync(join(cwd, 'a.txt'), 'by hand\n');
  expect(await undo()).toMatchObject({
    error: {
      message: expect.stringContaining(`nothing was taken back: ${join(cwd, 'a.txt')}`) as string,
    },
  });
  expect(existsSync(join(cwd, 'gone.txt'))).toBe(false);
  writeFileSync(join(cwd, 'a.txt'), `${large}\nthree\n`);
  const paths = ['a.txt', 'gone.txt', 'sub/new.txt'].map((name) => join(cwd, name));
  expect(await undo()).toMatchObject({ result: { paths } });

  expect(readFileSync(join(cwd, 'a.txt'), 'utf8')).toBe(`${large}\none\n`);
  expect(readFileSync(join(cwd, 'gone.txt'), 'utf8')).toBe('gone\n');
  expect(existsSync(join(cwd, 'sub/new.txt'))).toBe(false);
  expect(await probe.notification('thread/fileChanges/undone')).toEqual({
    threadId,
    turnId,
    paths,
  });
  expect(await undo()).toMatchObject({
    error: { message: `the files of the turn are taken back already: ${turnId}` },
  });
  await probe.turn(threadId, 'and now?');
  await turnEnded(probe);
  const told = JSON.stringify((await bench.upstream.request(4)).body);
  expect(told).toContain('The user took back what you had changed in these files');
});

test('of a turn that has changed nothing nothing is taken back', async () => {
  await using bench = await startTestEngine({ scripts: patching() });
  const probe = await bench.client();
  const threadId = await probe.thread({ cwd });
  const turnId = await probe.turn(threadId, 'go');
  await turnEnded(probe);

  expect(await probe.ask('thread/fileChanges/undo', { threadId, turnId })).toMatchObject({
    error: { message: `the turn has changed no files: ${turnId}` },
  });
});

test('a command that only hands a patch over is that patch, and the bare text of one is told what to do', async () => {
  const patch = '*** Begin Patch\n*** Add File: new.txt\n+x\n*** End Patch';
  const commands = [`cd sub && apply_patch <<'EOF'\n${patch}\nEOF`, patch];
  mkdirSync(join(cwd, 'sub'));
  await using bench = await startTestEngine({
    scripts: [
      ...commands.map((cmd, index) => [
        { events: callAnswer({ name: 'exec_command', callId: `c${index}`, arguments: { cmd } }) },
      ]),
      [{ events: messageAnswer('Done.') }],
    ],
  });
  const probe = await bench.client();
  const threadId = await probe.thread({ cwd });
  await probe.call('thread/settings/update', { threadId, sandboxPolicy: ONLY_HERE });
  await probe.turn(threadId, 'go');
  await turnEnded(probe);

  const { body } = await bench.upstream.request(3);
  expect(outputTold(body, 'c0')).toContain('Success. Updated the following files:\nA new.txt');
  expect(outputTold(body, 'c1')).toContain('without explicit call to apply_patch');
  expect(readFileSync(join(cwd, 'sub/new.txt'), 'utf8')).toBe('x\n');
  expect(completedItems(probe, 'fileChange')).toMatchObject([{ id: 'c0', status: 'completed' }]);
  expect(completedItems(probe, 'commandExecution')).toEqual([]);
});
