import { expect, test } from 'vitest';

import { resolveHome } from '../../../core/platform/index.ts';
import { cacheFolder } from './compileCache.ts';
import { homeFolder } from './machineFacts.ts';

test.for([
  {},
  { PARLEY_HOME: '/parley', CODEX_HOME: '/codex' },
  { PARLEY_HOME: '', CODEX_HOME: '/codex' },
  { PARLEY_HOME: 'relative' },
  { CODEX_HOME: '' },
])('the home folder is the one the engine finds: %o', (env) => {
  expect(homeFolder(env)).toBe(resolveHome(env));
});

test.for([
  [{}, 'linux', '/home/p/.cache/parley'],
  [{ XDG_CACHE_HOME: '/cache' }, 'linux', '/cache/parley'],
  [{ XDG_CACHE_HOME: '' }, 'linux', '/home/p/.cache/parley'],
  [{}, 'darwin', '/home/p/Library/Caches/parley'],
] as const)(
  'compiled code is kept in the user’s own folder: %o on %s',
  ([env, platform, folder]) => {
    expect(cacheFolder(env, platform, '/home/p')).toBe(folder);
  },
);
