import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

import { expect, test } from 'vitest';

import { makeTree, type Tree } from './testing/tree.ts';
import { ROOT } from './tool.ts';

const configuration = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

function makeProject(files: Readonly<Record<string, string>>): Tree {
  return makeTree({
    '.oxlintrc.json': configuration('.oxlintrc.json'),
    'tsconfig.json': configuration('tsconfig.json'),
    ...files,
  });
}

/** Runs what `npm run lint -- ...args` runs, in a project of the test's own. */
function lint(
  project: Tree,
  args: readonly string[] = [],
): { readonly status: number | null; readonly output: string } {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(ROOT, '.ci/lint.ts'), ...args],
    { cwd: project.root, encoding: 'utf8' },
  );
  return { status, output: `${stdout}${stderr}` };
}

const VIOLATION = 'debugger;\n';

const switchWith = (cases: string): string =>
  `export function f(kind: 'a' | 'b'): number {\n  switch (kind) {\n${cases}  }\n}\n`;

test('a violation fails the lint wherever it is, tests and tools included', () => {
  const files = [
    'core/threads/thread.ts',
    'core/threads/thread.test.ts',
    'core/threads/testing/fake.ts',
    'core/threads/tests/suite.test.ts',
    'realtime/session/session.ts',
    'app/ui/page.tsx',
    'main/cli/parley.cjs',
    'e2e/talk.spec.ts',
    'e2e/bench/row.ts',
    'e2e/playwright.config.ts',
    'vite.config.ts',
    '.dependency-cruiser.mjs',
    '.ci/tool.ts',
    '.ci/tool.test.ts',
  ];
  using project = makeProject(Object.fromEntries(files.map((file) => [file, VIOLATION])));

  const { status, output } = lint(project, ['--format=unix']);

  expect(status).toBe(1);
  expect(files.filter((file) => !output.includes(`${file}:1`))).toEqual([]);
});

test('what is not ours and what is generated is left alone', () => {
  using project = makeProject({
    'core/base/fine.ts': "export const x = 'a';\n",
    'dist/main/cli.cjs': VIOLATION,
    'node_modules/thing/index.js': VIOLATION,
  });

  expect(lint(project)).toMatchObject({ status: 0 });
});

test('arguments reach the linter once and as they are', () => {
  using project = makeProject({ 'core/base/a b.ts': 'var x = 1;\nexport { x };\n' });

  // The linter refuses an option given twice, so an argument passed on twice would fail this.
  const { status, output } = lint(project, [
    '--fix',
    '--threads=1',
    '-D',
    'no-var',
    'core/base/a b.ts',
  ]);

  expect(output).not.toContain('--threads');
  expect({ status, text: readFileSync(join(project.root, 'core/base/a b.ts'), 'utf8') }).toEqual({
    status: 0,
    text: 'const x = 1;\nexport { x };\n',
  });
});

test('only main/electron and main/preload may import electron', () => {
  const imports = "import type { App } from 'electron';\nexport type A = App;\n";
  using project = makeProject({
    'main/shell/policy.ts': imports,
    'core/threads/thread.ts': imports,
    'main/electron/main.ts': imports,
  });

  const { output } = lint(project, ['--format=unix']);

  expect(output).toContain('main/shell/policy.ts:1');
  expect(output).toContain('core/threads/thread.ts:1');
  expect(output).not.toContain('main/electron/main.ts');
});

test('a switch over a closed union names every member; a default is no way out', () => {
  using project = makeProject({
    'tsconfig.json': '{ "compilerOptions": { "strict": true }, "include": ["core"] }',
    'core/named.ts': switchWith(`    case 'a':\n      return 1;\n    case 'b':\n      return 2;\n`),
    'core/swept.ts': switchWith(`    case 'a':\n      return 1;\n    default:\n      return 2;\n`),
  });

  const { output } = lint(project, ['--format=unix']);

  expect(output).toMatch(/core\/swept\.ts:2:\d+: .*switch-exhaustiveness-check/u);
  expect(output).not.toContain('core/named.ts');
});
