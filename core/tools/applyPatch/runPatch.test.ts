import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempDisposableSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import type { FileEntry, RestrictedFiles } from '../../permissions/index.ts';
import type { NewItem, ToolContext } from '../contract.ts';
import { runPatch } from './runPatch.ts';

let folder: ReturnType<typeof mkdtempDisposableSync>;
let root: string;
beforeEach(() => {
  folder = mkdtempDisposableSync(join(tmpdir(), 'run-patch-'));
  root = realpathSync(folder.path);
  mkdirSync(join(root, 'ws/.git/hooks'), { recursive: true });
  mkdirSync(join(root, 'out'));
});
afterEach(() => {
  folder.remove();
});

const at = (...names: string[]): string => join(root, ...names);
const put = (name: string, text: string): void => {
  mkdirSync(dirname(at(name)), { recursive: true });
  writeFileSync(at(name), text);
};

/** All files below, with what they hold. */
function tree(): Record<string, string> {
  const names = readdirSync(root, { recursive: true, encoding: 'utf8' }).toSorted();
  return Object.fromEntries(
    names.flatMap((name) => {
      const facts = lstatSync(at(name));
      if (facts.isSymbolicLink()) return [[name, `-> ${readlinkSync(at(name))}`]];
      return facts.isFile() ? [[name, readFileSync(at(name), 'latin1')]] : [];
    }),
  );
}

type Answer = Awaited<ReturnType<ToolContext['requestApproval']>>;
const YES = { type: 'accepted', response: { decision: 'accept' }, by: 'client' } as Answer;
const no = (because: 'declined' | 'nobody', words?: string): Answer => ({
  type: 'refused',
  because,
  by: 'client',
  words,
});

/** A call in the workspace, where everything may be read and `ws` written. */
function call(
  options: {
    readonly policy?: ToolContext['approvalPolicy'];
    readonly answer?: () => Answer;
    readonly workspace?: string;
    readonly entries?: readonly FileEntry[];
    readonly denyGlobs?: readonly string[];
  } = {},
) {
  const { policy = 'on-request', workspace = at('ws'), entries = [], denyGlobs = [] } = options;
  const files: RestrictedFiles = {
    kind: 'restricted',
    entries: [{ path: '/', access: 'read' }, { path: workspace, access: 'write' }, ...entries],
    denyGlobs,
    protectedPaths: [join(workspace, '.git')],
  };
  const items: NewItem[] = [];
  const asked: { readonly reason: unknown; readonly keys: readonly string[] | undefined }[] = [];
  const made: string[][] = [];
  const requestApproval = async (request: {
    readonly params: { readonly reason?: unknown };
    readonly keys?: readonly string[];
  }) => {
    asked.push({ reason: request.params.reason, keys: request.keys });
    return options.answer?.() ?? no('nobody');
  };
  const context = {
    callId: 'c1',
    nowMs: () => 0,
    signal: new AbortController().signal,
    permissions: () => ({ files, network: 'restricted' }),
    approvalPolicy: policy,
    requestApproval,
    fileChanges: {
      made: async (edits: readonly { readonly path: string }[]) =>
        void made.push(edits.map(({ path }) => path.slice(root.length + 1))),
    },
    startItem: (item: NewItem) => {
      items.push(item);
      return { complete: (done: NewItem) => items.push(done) };
    },
  } as unknown as ToolContext;
  const run = async (...lines: string[]) => {
    const patch = ['*** Begin Patch', ...lines, '*** End Patch'].join('\n');
    return (await runPatch(patch, context, workspace)).output;
  };
  return { run, items, asked, made };
}

const OUTSIDE =
  'patch rejected: writing outside of the project; rejected by user approval settings';

describe('nothing at all is written', () => {
  test.for<{
    name: string;
    lines: (root: string) => string[];
    words: string;
    how?: Parameters<typeof call>[0];
  }>([
    {
      name: 'when a later hunk does not match',
      lines: () => ['*** Add File: fresh', '+x', '*** Update File: a.txt', '-nowhere', '+x'],
      words:
        'apply_patch verification failed: Failed to find expected lines in ROOT/ws/a.txt:\nnowhere',
    },
    {
      name: 'when a file to change is not there',
      lines: () => ['*** Delete File: a.txt', '*** Update File: missing', '-x', '+y'],
      words:
        'apply_patch verification failed: Failed to read file to update ROOT/ws/missing: No such file or directory (os error 2)',
    },
    {
      name: 'when one is a folder',
      lines: () => ['*** Add File: fresh', '+x', '*** Delete File: folder'],
      words: 'Failed to delete file ROOT/ws/folder: Is a directory (os error 21)',
    },
    {
      name: 'when one is no text',
      lines: () => ['*** Update File: latin1.txt', '-x', '+y'],
      words: 'Failed to read file to update ROOT/ws/latin1.txt: invalid utf-8 sequence',
    },
    {
      name: 'when a file is named twice',
      lines: () => ['*** Add File: b', '+x', '*** Update File: ./sub/../b', '-x', '+y'],
      words: 'invalid patch: multiple operations target ROOT/ws/b',
    },
    {
      name: 'when two names are one file',
      lines: () => ['*** Update File: a.txt', '-one', '+x', '*** Update File: to-a', '-two', '+y'],
      words: 'are the same file',
    },
    {
      name: 'outside of the workspace by an absolute path',
      lines: (top) => [`*** Add File: ${top}/out/x`, '+x'],
      words: OUTSIDE,
    },
    {
      name: 'outside of the workspace by two dots',
      lines: () => ['*** Add File: ../out/x', '+x'],
      words: OUTSIDE,
    },
    {
      name: 'outside of the workspace by a link to a folder',
      lines: () => ['*** Add File: esc/x', '+x'],
      words: OUTSIDE,
    },
    {
      name: 'outside of the workspace by a link to a file',
      lines: () => ['*** Update File: esc-file', '-old', '+new'],
      words: OUTSIDE,
    },
    {
      name: 'outside of the workspace by a link to nothing yet',
      lines: () => ['*** Add File: dangling', '+x'],
      words: OUTSIDE,
    },
    {
      name: 'through a name that was given to a file outside',
      lines: () => ['*** Update File: hard', '-old', '+new'],
      words: OUTSIDE,
    },
    {
      name: 'to the hooks of Git',
      lines: () => ['*** Add File: .git/hooks/pre-commit', '+#!/bin/sh'],
      words: OUTSIDE,
    },
    {
      name: 'to a place outside that something is moved to',
      lines: () => ['*** Update File: a.txt', '*** Move to: ../out/a.txt', '-one', '+x'],
      words: OUTSIDE,
    },
    {
      name: 'to what a pattern closes, whoever allows it',
      lines: () => ['*** Add File: sub/new.env', '+x'],
      words: 'ROOT/ws/sub/new.env may not be touched',
      how: { policy: 'on-request', answer: () => YES },
    },
    {
      name: 'to what a pattern closes, by a link',
      lines: () => ['*** Update File: harmless', '-KEY', '+x'],
      words: 'ROOT/ws/harmless may not be touched',
      how: { policy: 'on-request', answer: () => YES },
    },
    {
      name: 'by a patch that is none',
      lines: () => ['*** Frob File: x'],
      words: "apply_patch verification failed: invalid hunk at line 2, '*** Frob File: x'",
    },
  ])('$name', async ({ lines, words, how }) => {
    put('ws/a.txt', 'one\ntwo\n');
    put('ws/folder/x', 'x');
    writeFileSync(at('ws/latin1.txt'), Buffer.from([0xe9, 0x0a]));
    put('out/file', 'old\n');
    put('ws/secret.env', 'KEY\n');
    symlinkSync('a.txt', at('ws/to-a'));
    symlinkSync('../out', at('ws/esc'));
    symlinkSync('../out/file', at('ws/esc-file'));
    symlinkSync('../out/fresh', at('ws/dangling'));
    symlinkSync('secret.env', at('ws/harmless'));
    linkSync(at('out/file'), at('ws/hard'));
    const before = tree();
    const { run, items, asked, made } = call({
      policy: 'never',
      denyGlobs: [at('ws/**/*.env')],
      ...how,
    });

    expect(await run(...lines(root))).toContain(words.replaceAll('ROOT', root));
    expect(tree()).toEqual(before);
    expect([items, asked, made]).toEqual([[], [], []]);
  });
});

test('in the workspace a patch is applied whole, and told of file by file', async () => {
  put('ws/gone', 'x\n');
  put('ws/run.sh', 'one\r\ntwo\r\n');
  chmodSync(at('ws/run.sh'), 0o755);
  put('ws/old', 'a\nb\n');
  const { run, items, asked, made } = call();
  const output = await run(
    '*** Update File: run.sh',
    '@@',
    ' one',
    '-two',
    '+TWO',
    '*** Delete File: gone',
    '*** Add File: deep/er/new',
    '+n',
    '*** Update File: old',
    '*** Move to: moved',
    '-a',
    '+A',
  );

  expect(output).toMatch(
    /^Exit code: 0\nWall time: [\d.]+ seconds\nOutput:\nSuccess\. Updated the following files:\nA deep\/er\/new\nM run\.sh\nM moved\nD gone\n$/u,
  );
  expect(tree()).toEqual({
    'ws/deep/er/new': 'n\n',
    'ws/moved': 'A\nb\n',
    'ws/run.sh': 'one\r\nTWO\r\n',
  });
  expect(statSync(at('ws/run.sh')).mode & 0o777).toBe(0o755);
  const changes = [
    {
      path: at('ws/run.sh'),
      kind: { type: 'update', move_path: null },
      diff: '@@ -1,2 +1,2 @@\n one\r\n-two\r\n+TWO\r\n',
    },
    { path: at('ws/gone'), kind: { type: 'delete' }, diff: 'x\n' },
    { path: at('ws/deep/er/new'), kind: { type: 'add' }, diff: 'n\n' },
    {
      path: at('ws/old'),
      kind: { type: 'update', move_path: at('ws/moved') },
      diff: '@@ -1,2 +1,2 @@\n-a\n+A\n b\n',
    },
  ];
  expect(items).toEqual([
    { type: 'fileChange', id: 'c1', changes, status: 'inProgress' },
    { type: 'fileChange', id: 'c1', changes, status: 'completed' },
  ]);
  expect(asked).toEqual([]);
  expect(made).toEqual([['ws/run.sh', 'ws/gone', 'ws/deep/er/new', 'ws/old', 'ws/moved']]);
});

test('a workspace that is reached by a link is written to, and what is closed in it stays closed', async () => {
  symlinkSync('ws', at('link'));
  const { run } = call({
    workspace: at('link'),
    policy: 'never',
    denyGlobs: [at('link/**/*.env')],
  });

  expect(await run('*** Add File: a', '+x')).toContain('A a');
  expect(await run('*** Add File: .git/config', '+x')).toBe(OUTSIDE);
  expect(await run(`*** Add File: ${at('ws/b.env')}`, '+x')).toContain('may not be touched');
  expect(Object.keys(tree())).toEqual(['link', 'link/a', 'ws/a']);
});

test('a folder people consented to counts only while it leads where it led then', async () => {
  mkdirSync(at('grant'));
  const entries: FileEntry[] = [{ path: at('grant'), access: 'write', realPath: at('grant') }];
  const { run } = call({ policy: 'never', entries });

  expect(await run(`*** Add File: ${at('grant/a')}`, '+x')).toContain('Success');
  rmSync(at('grant'), { recursive: true });
  symlinkSync('out', at('grant'));
  expect(await run(`*** Add File: ${at('grant/b')}`, '+x')).toBe(OUTSIDE);
});

describe('where people have to be asked', () => {
  test('they are told why, and by which files their answer would be remembered', async () => {
    const { run, items, asked } = call({ answer: () => YES });

    expect(await run('*** Add File: ../out/x', '+x', '*** Add File: y', '+y')).toContain('Success');
    expect(asked).toEqual([
      { reason: `${at('out/x')} may only be read`, keys: [at('out/x'), at('ws/y')] },
    ]);
    expect(tree()).toEqual({ 'out/x': 'x\n', 'ws/y': 'y\n' });
    expect(items.map((item) => 'status' in item && item.status)).toEqual([
      'inProgress',
      'completed',
    ]);
  });

  test.for([
    ['no with words', no('declined', 'Not there.'), 'patch rejected by user: Not there.'],
    ['no', no('declined'), 'patch rejected by user'],
    ['nothing', no('nobody'), 'patch rejected: nobody allowed it'],
  ] as const)('and say %s, nothing is written', async ([, answer, words]) => {
    const { run, items } = call({ answer: () => answer });

    expect(await run('*** Add File: ../out/x', '+x')).toBe(words);
    expect(tree()).toEqual({});
    expect(items.at(-1)).toMatchObject({ status: 'declined' });
  });

  test.for<readonly [string, () => void, string]>([
    [
      'the file is another one by then',
      () => {
        put('out/x', 'old\nand more\n');
      },
      'the files have changed while it was asked',
    ],
    [
      'its place leads somewhere else by then',
      () => {
        rmSync(at('out'), { recursive: true });
        mkdirSync(at('victim'));
        writeFileSync(at('victim/x'), 'old\n');
        symlinkSync('victim', at('out'));
      },
      'the files have changed while it was asked',
    ],
    [
      'it no longer matches',
      () => {
        rmSync(at('out/x'));
      },
      'patch rejected: Failed to read file to update',
    ],
  ])('and %s, nothing is written', async ([, change, words]) => {
    put('out/x', 'old\n');
    let before: unknown;
    const { run } = call({
      answer: () => {
        change();
        before = tree();
        return YES;
      },
    });

    expect(await run('*** Update File: ../out/x', '-old', '+new')).toContain(words);
    expect(tree()).toEqual(before);
  });

  test('a careful policy asks about every patch', async () => {
    const { run, asked } = call({ policy: 'untrusted', answer: () => YES });
    await run('*** Add File: x', '+x');

    expect(asked).toEqual([{ reason: null, keys: [at('ws/x')] }]);
  });

  test('a policy that asks for nothing of the kind refuses', async () => {
    const granular = {
      sandbox_approval: false,
      rules: true,
      skill_approval: true,
      request_permissions: true,
      mcp_elicitations: true,
    };
    const { run, asked } = call({ policy: { granular }, answer: () => YES });

    expect(await run('*** Add File: ../out/x', '+x')).toBe(OUTSIDE);
    expect(await run('*** Add File: x', '+x')).toContain('Success');
    expect(asked).toEqual([]);
  });
});

test('a name that a file has elsewhere, too, is written to only after asking, and by itself', async () => {
  put('out/file', 'old\n');
  linkSync(at('out/file'), at('ws/hard'));
  const { run, asked } = call({ answer: () => YES });

  expect(await run('*** Update File: hard', '-old', '+new')).toContain('M hard');
  expect(asked[0]?.reason).toContain('has 2 names');
  expect(tree()).toEqual({ 'out/file': 'old\n', 'ws/hard': 'new\n' });
});
