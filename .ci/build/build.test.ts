import { spawnSync } from 'node:child_process';
import {
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

import { expect, test } from 'vitest';

import { makeTree, type Tree } from '../testing/tree.ts';
import { ROOT, toolPath } from '../tool.ts';
import { compareTrees, hashFiles } from '../treeHash.ts';
import { fingerprintSources } from './fingerprint.ts';
import { collectNotices, packageFolderOf } from './notices.ts';

/** A project with this repository's build configuration and the sources given. */
function makeProject(files: Readonly<Record<string, string>>): Tree {
  const tooling = ['plugins.ts', 'lateSchemas.ts', 'later.ts', 'notices.ts', 'fingerprint.ts'].map(
    (name) => `.ci/build/${name}`,
  );
  const copied = ['vite.config.ts', 'package.json', ...tooling].map((file) => [
    file,
    readFileSync(join(ROOT, file), 'utf8'),
  ]);
  const project = makeTree({ ...Object.fromEntries(copied), ...files });
  symlinkSync(join(ROOT, 'node_modules'), join(project.root, 'node_modules'), 'junction');
  return project;
}

function build(project: Tree): { readonly status: number | null; readonly output: string } {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [toolPath('vite'), 'build', '--app', '--logLevel', 'error'],
    { cwd: project.root, encoding: 'utf8' },
  );
  return { status, output: `${stdout}${stderr}` };
}

/** What an entry of the built project prints. */
function outputOf(project: Tree, entry: string): string {
  expect(build(project)).toEqual({ status: 0, output: '' });
  return spawnSync(process.execPath, [join(project.root, 'dist/main', entry)], {
    encoding: 'utf8',
  }).stdout;
}

test('a worker thread and a lazy import work in the bundle as they do from the sources', () => {
  using project = makeProject({
    'main/cli/main.ts': [
      "process.stdout.write('first ');",
      "void import('../../realtime/audio/index.ts').then(({ ask }) => ask());",
    ].join('\n'),
    'realtime/audio/index.ts': [
      "import { Worker } from 'node:worker_threads';",
      'export function ask(): void {',
      "  const worker = new Worker(new URL('./speech/echoWorker.ts', import.meta.url));",
      "  worker.once('message', (text: string) => process.stdout.write(text));",
      '}',
    ].join('\n'),
    'realtime/audio/speech/echoWorker.ts': [
      "import { parentPort } from 'node:worker_threads';",
      "parentPort?.postMessage('from the worker');",
    ].join('\n'),
  });

  expect(build(project)).toEqual({ status: 0, output: '' });
  const files = readdirSync(join(project.root, 'dist/main'));
  const { stdout } = spawnSync(process.execPath, [join(project.root, 'dist/main/cli.cjs')], {
    encoding: 'utf8',
  });

  expect(files).toEqual(expect.arrayContaining(['cli.cjs', 'echoWorker.cjs']));
  // The import stayed lazy: its code is in a file of its own.
  expect(readFileSync(join(project.root, 'dist/main/cli.cjs'), 'utf8')).not.toContain('Worker');
  expect(stdout).toBe('first from the worker');
});

test('an output leaves out the schemas that nobody in it asks for, and no call of other code', () => {
  using project = makeProject({
    'main/engine/appServer.ts': [
      "import { Asked } from '../../core/protocol/index.ts';",
      'const z = (text: string): boolean => process.stdout.write(text);',
      "z('called ');",
      "process.stdout.write(String(Asked.safeParse('x').success));",
    ].join('\n'),
    'core/protocol/index.ts': "export * from './items.ts';",
    'core/protocol/items.ts': [
      "import * as z from 'zod';",
      "export const Asked = z.literal('x');",
      'export const Told = z.object({ onlyTold: z.string().nullable() }).nullish();',
    ].join('\n'),
  });

  expect(build(project)).toEqual({ status: 0, output: '' });
  const main = join(project.root, 'dist/main');
  const bundle = readdirSync(main).map((file) => readFileSync(join(main, file), 'utf8'));
  const { stdout } = spawnSync(process.execPath, [join(main, 'appServer.cjs')], {
    encoding: 'utf8',
  });

  expect(bundle.join('')).not.toContain('onlyTold');
  expect(stdout).toBe('called true');
});

test('an engine builds a schema when it is first asked for, and it is what the sources say', () => {
  const schemas = [
    "import * as z from 'zod';",
    'const told = (name: string) => (schema: z.ZodType) => (process.stdout.write(`${name} `), schema);',
    'const Words = z.string().overwrite((words) => words.trim()).min(1);',
    "const Row = z.object({ kind: z.literal('row'), words: Words, next: z.nullable(z.unknown()) });",
    "const Other = z.object({ kind: z.literal('other') });",
    "export const Table = { rows: { params: z.discriminatedUnion('kind', [Row, Other]) }, kinds: z.enum(['a']) };",
    "export const Unasked = z.object({ words: told('built')(Words) });",
    "export const Hint = z.string().describe('said to the model');",
    'export const More = Row.extend({ more: z.int() });',
    'export const inAFunction = () => z.object({ words: Words });',
  ];
  const asks = [
    "import * as z from 'zod';",
    "import { Hint, inAFunction, More, Table, Unasked } from '../../core/protocol/index.ts';",
    'const { params } = Table.rows;',
    'const said = [',
    "  params.parse({ kind: 'row', words: ' x ', next: null }),",
    "  params.safeParse({ kind: 'row', words: ' ', next: null }).success,",
    '  params.options.length, params instanceof z.ZodDiscriminatedUnion, params instanceof z.ZodObject,',
    "  Table.kinds.options, More.shape.words.parse(' y '), z.nullable(More).parse(null), inAFunction().parse({ words: 'z' }),",
    '  z.toJSONSchema(z.object({ hint: Hint })).properties, z.toJSONSchema(More).required,',
    '];',
    'process.stdout.write(JSON.stringify([...said, typeof Unasked]));',
  ];
  const written = { 'core/protocol/index.ts': schemas.join('\n') };
  using engine = makeProject({ ...written, 'main/engine/appServer.ts': asks.join('\n') });
  using host = makeProject({ ...written, 'main/cli/main.ts': asks.join('\n') });
  const late = outputOf(engine, 'appServer.cjs');

  expect(outputOf(host, 'cli.cjs')).toBe(`built ${late}`);
  expect(late).toContain('"words":"x"');
});

test('a product module that imports test support stops the build by name', () => {
  using project = makeProject({
    'main/cli/main.ts': "import { fake } from './testing/fake.ts';\nprocess.stdout.write(fake);\n",
    'main/cli/testing/fake.ts': "export const fake = 'fake';\n",
  });

  const { status, output } = build(project);

  expect(status).not.toBe(0);
  expect(output).toContain('/main/cli/testing/fake.ts is test support');
});

test('sources are stale after an edit, a new file and a removed one, and not after a test’s edit', () => {
  using project = makeTree({ 'core/a.ts': '1', 'core/a.test.ts': '1', 'core/testing/b.ts': '1' });
  const before = fingerprintSources(project.root);
  const touched = (file: string, text: string): string => {
    writeFileSync(join(project.root, file), text);
    return fingerprintSources(project.root);
  };

  expect(touched('core/a.test.ts', '22')).toBe(before);
  expect(touched('core/testing/b.ts', '22')).toBe(before);
  expect(touched('core/c.ts', '1')).not.toBe(before);

  const withC = fingerprintSources(project.root);
  const { atimeMs, mtimeMs } = statSync(join(project.root, 'core/a.ts'));
  utimesSync(join(project.root, 'core/a.ts'), atimeMs / 1000, mtimeMs / 1000 + 5);
  expect(fingerprintSources(project.root)).not.toBe(withC);
});

test('every bundled package and every shipped dependency is named once, with its licence', () => {
  using project = makeTree({
    'package.json': '{"name":"us","version":"1.0.0","dependencies":{"shipped":"1.0.0"}}',
    'node_modules/shipped/package.json': '{"name":"shipped","version":"1.0.0","license":"X"}',
    'node_modules/shipped/COPYING': 'shipped terms',
    'node_modules/@s/part/package.json': '{"name":"@s/part","version":"2.0.0","license":"MIT"}',
    'node_modules/wasm/package.json': '{"name":"wasm","version":"3.0.0","license":"MIT"}',
    'node_modules/wasm/LICENSE': 'wrapper terms',
    '.ci/build/licences/wasm.txt': 'inner terms',
    'node_modules/@s/part/LICENSE.md': 'part terms\r\n',
  });

  const notices = collectNotices(project.root, [
    join(project.root, 'core/base/index.ts'),
    join(project.root, 'node_modules/@s/part/a.js'),
    join(project.root, 'node_modules/@s/part/lib/b.js'),
    join(project.root, 'node_modules/wasm/a.js'),
  ]);

  expect(notices.match(/@s\/part 2\.0\.0\nLicence: MIT\n\npart terms\n/g)).toHaveLength(1);
  expect(notices).toContain('wasm 3.0.0\nLicence: MIT\n\nwrapper terms\n\ninner terms\n');
  expect(notices).toContain('shipped 1.0.0\nLicence: X\n\nshipped terms\n');
});

test.for([
  ['/a/node_modules/zod/index.js', '/a/node_modules/zod'],
  ['/a/node_modules/x/node_modules/@s/y/lib/i.js', '/a/node_modules/x/node_modules/@s/y'],
  ['\0/a/node_modules/zod/index.js?commonjs', '/a/node_modules/zod'],
  ['C:\\a\\node_modules\\zod\\index.js', 'C:/a/node_modules/zod'],
  ['/a/core/base/index.ts', undefined],
])('the package of %s is %s', ([id, folder]) => {
  expect(packageFolderOf(id ?? '')).toBe(folder);
});

test('two trees differ by a file more, a file less and a file changed', () => {
  using first = makeTree({ same: '1', changed: '1', 'sub/gone': '1' });
  using second = makeTree({ same: '1', changed: '2', 'sub/new': '1' });

  expect(compareTrees(hashFiles(first.root), hashFiles(second.root)).toSorted()).toEqual([
    'differs: changed',
    'only in the first: sub/gone',
    'only in the second: sub/new',
  ]);
});
