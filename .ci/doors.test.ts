import { expect, test } from 'vitest';

import { compareDoors, describeDoors } from './doors.ts';
import { findProxyReExports } from './reExports.ts';
import { makeTree } from './testing/tree.ts';

test('a door lists every exported name, types and starred files included, and no test support', () => {
  using tree = makeTree({
    'core/threads/index.ts': [
      "export * from './thread.ts';",
      "export { inner as outer, type Shape } from './inner.ts';",
      'export const first = 1, second = 2;',
      'export function act(): void {}',
    ].join('\n'),
    'core/threads/thread.ts': 'export class Thread {}\nexport type Id = string;\nconst own = 1;\n',
    'core/threads/inner.ts': 'export const inner = 1;\nexport interface Shape { a: 1 }\n',
    'core/threads/testing/index.ts': 'export const fake = 1;\n',
  });

  expect(describeDoors(tree.root)).toBe(
    'core/threads\n  Id\n  Shape\n  Thread\n  act\n  first\n  outer\n  second\n',
  );
});

test('a name added, removed or moved to another door shows up as a change', () => {
  const recorded = 'core/a\n  kept\n  moved\ncore/b\n  gone\n';
  const actual = 'core/a\n  kept\ncore/b\n  moved\n';

  expect(compareDoors(recorded, recorded)).toEqual([]);
  expect(compareDoors(recorded, actual)).toEqual([
    '+ core/b: moved',
    '- core/a: moved',
    '- core/b: gone',
  ]);
});

test.for([
  { how: 'a name', code: "export { x } from '../base/index.ts';", name: 'x' },
  { how: 'a type', code: "export type { x } from '../base/index.ts';", name: 'x' },
  { how: 'a renamed name', code: "export { x as y } from '../base/index.ts';", name: 'x' },
  { how: 'all', code: "export * from '../base/index.ts';", name: 'everything' },
  { how: 'all as one', code: "export * as x from '../base/index.ts';", name: 'everything' },
  {
    how: 'an imported name',
    code: "import { x } from '../base/index.ts';\nexport { x };",
    name: 'x',
  },
])('re-exporting $how of another folder is caught', ({ code, name }) => {
  using tree = makeTree({
    'core/base/index.ts': 'export const x = 1;\n',
    'core/threads/index.ts': code,
    'core/threads/inner.ts': code,
  });

  expect(findProxyReExports(tree.root)).toEqual([
    `core/threads/index.ts re-exports ${name} from ../base/index.ts, which owns it`,
    `core/threads/inner.ts re-exports ${name} from ../base/index.ts, which owns it`,
  ]);
});

test('re-exporting a package is caught, exporting what lies in the own folder is not', () => {
  using tree = makeTree({
    'core/index.ts': "export { Thread } from './threads/index.ts';\n",
    'core/threads/index.ts': "export { Thread } from './store/thread.ts';\n",
    'core/threads/store/thread.ts': 'export class Thread {}\n',
    'core/threads/wire.ts': "export { z } from 'zod';\n",
  });

  expect(findProxyReExports(tree.root)).toEqual([
    'core/threads/wire.ts re-exports z from zod, which owns it',
  ]);
});
