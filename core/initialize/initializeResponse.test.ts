import { describe, expect, test } from 'vitest';

import { InitializeResponse } from '../protocol/index.ts';
import { initializeResponse, linuxName, providerUserAgent } from './initializeResponse.ts';

describe('what initialize is answered with', () => {
  const client = { name: 'editor', version: '9.8.7' };
  const answer = (env: Record<string, string>, name = client.name) =>
    initializeResponse({ ...client, name }, { version: '1.2.3', home: '/home/p', env });

  test('fits the protocol', () => {
    expect(InitializeResponse.safeParse(answer({})).success).toBe(true);
  });

  test('says which process it is', () => {
    expect(answer({}).engineId).toMatch(new RegExp(`^${process.pid}-\\d+$`, 'u'));
  });

  test('names client, server, system, machine and terminal', () => {
    expect(answer({}).userAgent).toMatch(
      /^editor\/0\.169\.0 \(.+ \d+\.\d+\.\d+; \S+\) unknown \(editor; 9\.8\.7\) parley\/1\.2\.3$/u,
    );
    expect(answer({ TERM: 'xterm' }).userAgent).toContain(') xterm (editor');
    const inTerminal = { TERM_PROGRAM: 'iTerm.app', TERM_PROGRAM_VERSION: '3.5', TERM: 'xterm' };
    expect(answer(inTerminal).userAgent).toContain(') iTerm.app/3.5 (editor');
  });

  test('providers hear our own version, not the level of the protocol', () => {
    expect(providerUserAgent(client, '1.2.3', {})).toMatch(
      /^editor\/1\.2\.3 \(.+\) unknown \(editor; 9\.8\.7\)$/u,
    );
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
