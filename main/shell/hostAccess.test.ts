import { describe, expect, test } from 'vitest';

import { answerUpgrade, isOwnHost, type UpgradeFacts } from './hostAccess.ts';

test.for([
  ['127.0.0.1:4500', true],
  ['localhost:4500', true],
  ['[::1]:4500', true],
  ['LOCALHOST:4500', true],
  ['127.0.0.1', false],
  ['127.0.0.1:4501', false],
  ['evil.example:4500', false],
  ['127.0.0.1.evil.example:4500', false],
  ['user@127.0.0.1:4500', false],
  ['127.0.0.1:4500/x', false],
  ['', false],
  [undefined, false],
] as const)('the Host header %s is ours: %s', ([header, isOurs]) => {
  expect(isOwnHost(header, 4500)).toBe(isOurs);
});

describe('opening the socket', () => {
  const page: UpgradeFacts = {
    host: '127.0.0.1:4500',
    origin: 'http://127.0.0.1:4500',
    port: 4500,
    pathname: '/rpc',
    isTokenRight: true,
  };

  test.for<[string, Partial<UpgradeFacts>, string]>([
    ['our page with the token', {}, 'accepted'],
    ['a wrong token', { isTokenRight: false }, '401 Unauthorized'],
    ['another path', { pathname: '/' }, '404 Not Found'],
    ['a page elsewhere that knows the token', { origin: 'https://evil.example' }, '403 Forbidden'],
    ['another port of this machine', { origin: 'http://127.0.0.1:9' }, '403 Forbidden'],
    ['our page over another scheme', { origin: 'https://127.0.0.1:4500' }, '403 Forbidden'],
    ['localhost against 127.0.0.1', { origin: 'http://localhost:4500' }, '403 Forbidden'],
    ['no origin', { origin: undefined }, '403 Forbidden'],
    ['an opaque origin', { origin: 'null' }, '403 Forbidden'],
    [
      'a rebound name',
      { host: 'evil.example:4500', origin: 'http://evil.example:4500' },
      '403 Forbidden',
    ],
  ])('%s', ([, change, answer]) => {
    expect(answerUpgrade({ ...page, ...change })).toBe(answer);
  });
});
