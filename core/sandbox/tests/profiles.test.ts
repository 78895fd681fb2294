import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, realpathSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';

import { describe, expect, test } from 'vitest';

import type { FileEntry, ResolvedPermissions } from '../../permissions/index.ts';
import { createSandbox } from '../index.ts';
import { Place, thisUser } from '../testing/index.ts';

const MINIMAL = ['/bin', '/sbin', '/usr', '/etc', '/lib', '/lib64'];

const restricted = (
  entries: readonly FileEntry[],
  protectedPaths: readonly string[] = [],
): ResolvedPermissions => ({
  files: { kind: 'restricted', entries, denyGlobs: [], protectedPaths },
  network: 'restricted',
});

describe.runIf(process.platform === 'linux')('profiles', () => {
  test('a write grant whose path leads elsewhere than when it was consented to is dropped', async () => {
    using place = new Place(thisUser());
    await place.arrange('mkdir -p ok/sub $O/sub; ln -s ok link');
    const granted = join(place.workspace, 'link/sub');
    const permissions = restricted([
      { path: '/', access: 'read' },
      { path: granted, access: 'write', realPath: realpathSync(granted) },
    ]);
    expect(await place.run('echo one > link/sub/f', permissions)).toMatchObject({ exitCode: 0 });
    await place.arrange('rm link; ln -s $O link');

    const ran = await place.run('echo two > link/sub/f', permissions);

    expect(ran).toMatchObject({ exitCode: 1, output: expect.stringContaining('Read-only') });
    expect(readdirSync(join(place.outside, 'sub'))).toEqual([]);
  });

  test('a folder that may be written is not another one because a command has turned the link to it', async () => {
    using place = new Place(thisUser());
    await place.arrange('mkdir ok; ln -s ok link');
    const permissions = place.permissions({
      entries: [{ path: join(place.workspace, 'link'), access: 'write' }],
    });
    await place.run('true', permissions);
    await place.arrange('rm link; ln -s $O link');

    await place.run('echo x > $O/f', permissions);

    expect(readdirSync(place.outside)).toEqual([]);
  });

  test('programs start where only the system’s own folders may be read', async () => {
    using place = new Place(thisUser());
    await place.arrange('echo SECRET > $O/f');
    const permissions = restricted([
      ...MINIMAL.map((path): FileEntry => ({ path, access: 'read' })),
      { path: place.workspace, access: 'write' },
    ]);

    const ran = await place.run('echo hi > f; cat f; cat $O/f || ls /', permissions);

    expect(ran).toMatchObject({
      exitCode: 0,
      output: expect.stringMatching(/^hi\n.*No such file/su),
    });
    expect(ran).not.toMatchObject({ output: expect.stringMatching(/SECRET|\broot\b/u) });
  });

  test('the whole disk may be written but for what is closed in it', async () => {
    using place = new Place(thisUser());
    await place.arrange('mkdir docs; echo SECRET > $H/key');
    const permissions = restricted(
      [
        { path: '/', access: 'write' },
        { path: place.home, access: 'deny' },
        { path: join(place.workspace, 'docs'), access: 'read' },
      ],
      ['/.git'],
    );

    const ran = await place.run('echo x > $O/f; echo x > docs/f; cat $H/key', permissions);

    expect(ran).toMatchObject({ output: expect.stringMatching(/Read-only.*denied/su) });
    expect(readFileSync(join(place.outside, 'f'), 'utf8')).toBe('x\n');
    expect(existsSync('/.git')).toBe(false);
  });

  test('a workspace in a closed folder, and a home in one that may be written', async () => {
    using place = new Place(thisUser());
    await place.arrange('mkdir $H/ws; echo SECRET > $H/key');
    const workspace = join(place.home, 'ws');
    const permissions = restricted(
      [
        { path: '/', access: 'read' },
        { path: dirname(place.home), access: 'write' },
        { path: place.home, access: 'deny' },
        { path: workspace, access: 'write' },
      ],
      [join(workspace, '.git')],
    );

    const ran = await place.run('echo hi > f; cat f; cat ../key; ls ..', permissions, workspace);

    expect(ran).toMatchObject({ output: expect.stringMatching(/^hi\n.*No such file.*denied/su) });
    expect(readdirSync(workspace)).toEqual(['f']);
  });

  test('a workspace that is reached by a link keeps its name', async () => {
    using place = new Place(thisUser());
    const named = join(place.root, 'named');
    symlinkSync(place.workspace, named);
    const permissions = restricted([
      { path: '/', access: 'read' },
      { path: named, access: 'write' },
    ]);

    const ran = await place.run('pwd; echo hi > f', permissions, named);

    expect(ran).toMatchObject({ exitCode: 0, output: `${named}\n` });
    expect(readdirSync(place.workspace)).toEqual(['f']);
  });

  test('more files than can be masked, or a name out of sight, is one sentence and nothing runs', async () => {
    using place = new Place(thisUser());
    await place.arrange(
      'touch {1..600}.env other; mkdir hard; touch $O/x.key; ln $O/x.key hard/x.key',
    );
    const permissions = (glob: string): ResolvedPermissions =>
      place.permissions({ denyGlobs: [`${place.workspace}/${glob}`] });

    expect(await place.run('touch ran', permissions('**/*.env'))).toEqual({
      refused: expect.stringMatching(/^600 files are closed by the patterns .* no more than 512/u),
    });
    expect(await place.run('touch ran', permissions('**/*.key'))).toEqual({
      refused: expect.stringMatching(/x\.key may not be read, but it is a hard link/u),
    });
    expect(existsSync(join(place.workspace, 'ran'))).toBe(false);
  });

  test('no command works in a folder that may not be read', async () => {
    using place = new Place(thisUser());

    expect(await place.run('true', place.permissions(), place.home)).toEqual({
      refused: `No command can work in ${place.home}: it may not be read.`,
    });
  });

  test('what has no bounds runs bare, and what somebody else bounds too', async () => {
    using place = new Place(thisUser());
    const sandbox = createSandbox({ platform: 'win32', home: place.home });
    const command = { argv: ['echo', 'hi'], cwd: place.workspace, env: { A: 'b' } };

    for (const kind of ['unrestricted', 'external'] as const) {
      const prepared = await sandbox.prepare(command, { files: { kind }, network: 'enabled' });
      expect(prepared).toMatchObject({ program: 'echo', args: ['hi'], isSandboxed: false });
    }
    await expect(sandbox.prepare(command, place.permissions())).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('no sandbox for commands on win32'),
    });
  });

  test('all that a command has started ends when its sandbox is killed', async () => {
    using place = new Place(thisUser());
    const sandbox = createSandbox({ platform: process.platform, home: place.home });
    const script =
      'mkfifo up; (setsid sh -c "echo up > up; while :; do date +%N > beat; done" &) ; cat up; wait; sleep 60';
    const prepared = await sandbox.prepare(
      {
        argv: ['/bin/bash', '-c', script],
        cwd: place.workspace,
        env: { PATH: process.env['PATH'] ?? '' },
      },
      place.permissions(),
    );
    const { program, args, cwd, env } = prepared;
    const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'inherit'] });
    await new Promise((resolve) => child.stdout.once('data', resolve));

    child.kill('SIGKILL');
    // The pipe closes when the last process that has it has ended.
    await new Promise((resolve) => child.once('close', resolve));
    prepared.dispose();
    prepared.dispose();

    expect(readdirSync(place.workspace).filter((name) => name.startsWith('.'))).toEqual([]);
  });
});
