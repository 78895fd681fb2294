import { describe, expect, test } from 'vitest';

import configuration from '../.dependency-cruiser.mjs';
import { checkLayering } from './layering.ts';
import { makeTree } from './testing/tree.ts';

const imports = (target: string): string => `import { x } from '${target}';\nexport const y = x;\n`;
const leaf = 'export const x = 1;\n';

type Row = {
  readonly rule: string;
  readonly from: string;
  readonly target: string;
  readonly to: string;
};

const rows: readonly Row[] = [
  { rule: 'no-cycles', from: 'core/a/one.ts', target: './two.ts', to: 'core/a/two.ts' },
  { rule: 'resolvable', from: 'core/a/index.ts', target: './gone.ts', to: './gone.ts' },
  { rule: 'base-is-neutral', from: 'core/base/x.ts', target: 'node:fs', to: 'fs' },
  {
    rule: 'protocol-is-neutral',
    from: 'core/protocol/x.ts',
    target: '../model/index.ts',
    to: 'core/model/index.ts',
  },
  {
    rule: 'realtime-below-core',
    from: 'realtime/session/x.ts',
    target: '../../core/threads/index.ts',
    to: 'core/threads/index.ts',
  },
  {
    rule: 'core-below-hosts',
    from: 'core/threads/x.ts',
    target: '../../main/host/index.ts',
    to: 'main/host/index.ts',
  },
  {
    rule: 'page-sees-protocol',
    from: 'app/state/x.ts',
    target: '../../core/threads/index.ts',
    to: 'core/threads/index.ts',
  },
  { rule: 'page-has-no-node', from: 'app/state/x.ts', target: 'node:fs', to: 'fs' },
  {
    rule: 'hosts-see-bridge',
    from: 'main/host/x.ts',
    target: '../../app/state/index.ts',
    to: 'app/state/index.ts',
  },
  {
    rule: 'electron-stays-home',
    from: 'main/shell/x.ts',
    target: 'electron',
    to: 'node_modules/electron/index.js',
  },
  {
    rule: 'calls-stay-home',
    from: 'realtime/server/x.ts',
    target: 'werift',
    to: 'node_modules/werift/index.js',
  },
  {
    rule: 'calls-stay-home',
    from: 'core/voice/x.ts',
    target: 'libopus-wasm',
    to: 'node_modules/libopus-wasm/index.js',
  },
  { rule: 'server-has-no-http', from: 'core/server/x.ts', target: 'node:https', to: 'https' },
  {
    rule: 'server-has-no-http',
    from: 'core/server/x.ts',
    target: '../auth/index.ts',
    to: 'core/auth/index.ts',
  },
  {
    rule: 'conversations-get-their-ways',
    from: 'core/voice/x.ts',
    target: '../providers/index.ts',
    to: 'core/providers/index.ts',
  },
  {
    rule: 'product-without-tooling',
    from: 'core/threads/x.ts',
    target: '../../.ci/tool.ts',
    to: '.ci/tool.ts',
  },
  {
    rule: 'one-door',
    from: 'core/server/x.ts',
    target: '../threads/thread.ts',
    to: 'core/threads/thread.ts',
  },
  {
    rule: 'one-door-between-rooms',
    from: 'app/state/voice/x.ts',
    target: '../conversation/entries.ts',
    to: 'app/state/conversation/entries.ts',
  },
  {
    rule: 'one-door-into-rooms',
    from: 'core/threads/x.ts',
    target: './tasks/regular.ts',
    to: 'core/threads/tasks/regular.ts',
  },
  {
    rule: 'one-door-from-above',
    from: 'core/index.ts',
    target: './threads/thread.ts',
    to: 'core/threads/thread.ts',
  },
  {
    rule: 'test-support-stays-in-tests',
    from: 'core/server/x.ts',
    target: '../threads/testing/index.ts',
    to: 'core/threads/testing/index.ts',
  },
  {
    rule: 'tests-are-not-imported',
    from: 'core/server/x.test.ts',
    target: './y.test.ts',
    to: 'core/server/y.test.ts',
  },
  {
    rule: 'black-box-suites',
    from: 'core/threads/tests/x.test.ts',
    target: '../thread.ts',
    to: 'core/threads/thread.ts',
  },
];

const installed = {
  'node_modules/electron/package.json': '{"name":"electron","main":"index.js"}',
  'node_modules/electron/index.js': leaf,
  'node_modules/werift/package.json': '{"name":"werift","main":"index.js"}',
  'node_modules/werift/index.js': leaf,
  'node_modules/libopus-wasm/package.json': '{"name":"libopus-wasm","main":"index.js"}',
  'node_modules/libopus-wasm/index.js': leaf,
};

describe('layering', () => {
  test.for(rows)('$rule: catches $from importing $target', async ({ rule, from, target, to }) => {
    const back = `./${from.split('/').at(-1)}`;
    using tree = makeTree({
      ...installed,
      ...(rule === 'resolvable' || !to.includes('/') ? {} : { [to]: leaf }),
      ...(rule === 'no-cycles' ? { [to]: imports(back) } : {}),
      [from]: imports(target),
    });

    const { violations } = await checkLayering(tree.root);

    expect(violations).toContain(`${rule}: ${from} -> ${to}`);
  });

  test('every rule has a row that breaks it', () => {
    const broken = new Set(rows.map(({ rule }) => rule));

    expect(broken).toEqual(new Set(configuration.forbidden.map(({ name }) => name)));
  });

  test('type-only imports are held to the rules too', async () => {
    using tree = makeTree({
      'core/threads/thread.ts': 'export type X = 1;\n',
      'core/server/x.ts':
        "import type { X } from '../threads/thread.ts';\nexport const y: X = 1;\n",
    });

    const { violations } = await checkLayering(tree.root);

    expect(violations).toEqual(['one-door: core/server/x.ts -> core/threads/thread.ts']);
  });

  test('imports of a file with `using` in it are seen', async () => {
    using tree = makeTree({
      'core/threads/thread.ts': leaf,
      'core/server/x.ts': [
        'export async function act(): Promise<void> {',
        "  await using thing = (await import('../threads/thread.ts')).x;",
        '  for (const y of [1]) { using other = y; }',
        '}',
      ].join('\n'),
    });

    const { violations } = await checkLayering(tree.root);

    expect(violations).toEqual(['one-door: core/server/x.ts -> core/threads/thread.ts']);
  });

  test('the ways the house allows are quiet', async () => {
    using tree = makeTree({
      ...installed,
      'core/base/index.ts': leaf,
      'core/base/testing/index.ts': imports('../index.ts'),
      'core/threads/index.ts': imports('./tasks/index.ts'),
      'core/threads/turn.ts': leaf,
      'core/threads/tasks/index.ts': imports('./regular.ts'),
      'core/threads/tasks/regular.ts': imports('../turn.ts'),
      'core/threads/thread.test.ts': imports('../base/testing/index.ts'),
      'core/threads/tests/suite.test.ts': imports('../index.ts'),
      'core/index.ts': imports('./threads/index.ts'),
      'realtime/session/index.ts': imports('../../core/base/index.ts'),
      'realtime/rtc/calls.ts': imports('werift'),
      'main/electron/main.ts': imports('electron'),
      'main/preload/preload.ts': imports('../../app/bridge/contract.ts'),
      'main/engine/appServer.ts': imports('../../core/index.ts'),
      'app/bridge/contract.ts': leaf,
      'app/main.tsx': imports('./bridge/contract.ts'),
    });

    expect(await checkLayering(tree.root)).toMatchObject({ violations: [], missed: [] });
  });
});
