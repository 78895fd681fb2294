import { mkdirSync, mkdtempDisposableSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import type { ResolvedPermissions } from '../permissions/index.ts';
import { isDenial } from './denial.ts';

/** A workspace that may be written, beside a file that may be read and a folder that is closed. */
function disk() {
  const root = mkdtempDisposableSync(join(tmpdir(), 'denial-'));
  for (const name of ['ws', 'closed']) mkdirSync(join(root.path, name));
  writeFileSync(join(root.path, 'kept'), '');
  writeFileSync(join(root.path, 'closed/key'), '');
  const permissions: ResolvedPermissions = {
    files: {
      kind: 'restricted',
      entries: [
        { path: '/', access: 'read' },
        { path: join(root.path, 'closed'), access: 'deny' },
        { path: join(root.path, 'ws'), access: 'write' },
      ],
      denyGlobs: [],
      protectedPaths: [join(root.path, 'ws/.git')],
    },
    network: 'restricted',
  };
  return { root, permissions };
}

test.for<{ said: string; exitCode?: number; isDenied: boolean }>([
  { said: "touch: cannot touch '$R/kept': Read-only file system", isDenied: true },
  { said: "touch: cannot touch '../new': Read-only file system", isDenied: true },
  { said: 'bash: line 1: ../kept: Read-only file system', isDenied: true },
  { said: "Error: EROFS: read-only file system, open '$R/new'", isDenied: true },
  { said: "OSError: [Errno 30] Read-only file system: '.git/hooks'", isDenied: true },
  { said: 'npm error code EROFS\nnpm error syscall mkdir\nnpm error path $R/new', isDenied: true },
  { said: 'cat: $R/closed/key: Permission denied', isDenied: true },
  { said: 'curl: (6) Could not resolve host: example.com', isDenied: true },
  { said: 'strace: ptrace(PTRACE_TRACEME, ...): Operation not permitted', isDenied: true },
  { said: '', exitCode: 159, isDenied: true },
  // Words alone are nobody's denial.
  { said: 'permission denied', isDenied: false },
  { said: 'sandbox tests failed', isDenied: false },
  { said: 'read-only file system', isDenied: false },
  { said: 'Operation not permitted', isDenied: false },
  // Nor is what the sandbox allows, or what nobody would be given outside.
  { said: 'bash: line 1: ./a.out: Permission denied', isDenied: false },
  { said: "touch: cannot touch 'mine': Read-only file system", isDenied: false },
  { said: 'cat: $R/closed/missing: Permission denied', isDenied: false },
  { said: 'cat: $R/kept: Permission denied', isDenied: false },
  { said: "touch: cannot touch '$R/kept': Read-only file system", exitCode: 0, isDenied: false },
])('$said, exit code $exitCode: $isDenied', ({ said, exitCode = 1, isDenied }) => {
  const { root, permissions } = disk();
  using folder = root;
  const output = `some work\n${said.replaceAll('$R', folder.path)}\n`;

  expect(isDenial({ exitCode, output }, permissions, join(folder.path, 'ws'))).toBe(isDenied);
});

test('with a network, a name that is not found is nobody’s denial', () => {
  const { root, permissions } = disk();
  using folder = root;
  const output = 'curl: (6) Could not resolve host: example.invalid';

  expect(
    isDenial({ exitCode: 6, output }, { ...permissions, network: 'enabled' }, folder.path),
  ).toBe(false);
});
