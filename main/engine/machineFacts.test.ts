import { describe, expect, test } from 'vitest';

import { resolveHome } from '../../core/platform/index.ts';
import { InitializeResponse } from '../../core/protocol/index.ts';
import { cacheFolder } from './compileCache.ts';
import { homeFolder, initializeResponse, linuxName } from './machineFacts.ts';

test.for([
  {},
  { PARLEY_HOME: '/parley', CODEX_HOME: '/codex' },
  { PARLEY_HOME: '', CODEX_HOME: '/codex' },
  { PARLEY_HOME: 'relative' },
  { CODEX_HOME: '' },
])('the home folder is the one the engine finds: %o', (env) => {
  expect(homeFolder(env)).toBe(resolveHome(env));
});

describe('what initialize is answered with', () => {
  const client = { name: 'editor', version: '9.8.7' };
  const answer = (env: Record<string, string>, name = client.name) =>
    initializeResponse({ ...client, name }, { version: '1.2.3', home: '/home/p', env });

  test('fits the protocol', () => {
    expect(InitializeResponse.safeParse(answer({})).success).toBe(true);
  });

  test('names client, server, system, machine and terminal', () => {
    expect(answer({}).userAgent).toMatch(
      /^editor\/1\.2\.3 \(.+ \d+\.\d+\.\d+; \S+\) unknown \(editor; 9\.8\.7\)$/u,
    );
    expect(answer({ TERM: 'xterm' }).userAgent).toContain(') xterm (editor');
    const inTerminal = { TERM_PROGRAM: 'iTerm.app', TERM_PROGRAM_VERSION: '3.5', TERM: 'xterm' };
    expect(answer(inTerminal).userAgent).toContain(') iTerm.app/3.5 (editor');
  });

  test('can travel in an HTTP header whatever the client calls itself', () => {
    expect(answer({}, 'é\r\nX: y').userAgent).toMatch(/^[\x20-\x7e]+$/u);
  });
});

test.for([
  ['NAME="Debian GNU/Linux"\nVERSION_ID="12"\n', 'Debian 12.0.0'],
  ['NAME=Fedora\nVERSION_ID=41\n', 'Fedora 41.0.0'],
  ['NAME="Ubuntu"\nVERSION_ID="24.04"\n', 'Ubuntu 24.04.0'],
  ['ID=arch\n', 'Linux 0.0.0'],
] as const)('a Linux is named by os-release: %s', ([text, name]) => {
  expect(linuxName(text)).toBe(name);
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
