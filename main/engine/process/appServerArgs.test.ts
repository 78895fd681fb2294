import { describe, expect, test } from 'vitest';

import { ConfigError } from '../../../core/config/index.ts';
import { readListenAddress } from '../sockets/index.ts';
import { readAppServerArgs } from './appServerArgs.ts';
import { exitCodeOf, failureLine } from './failure.ts';

describe('arguments read without the full parser', () => {
  const none = { configOverrides: [], enable: [], disable: [], listen: 'stdio://' };

  test.for([
    [[], none],
    [['--stdio'], none],
    [['--listen', 'ws://127.0.0.1:0'], { ...none, listen: 'ws://127.0.0.1:0' }],
    [
      ['-c', 'a=1', '--config', 'b="x"', '--enable', 'f', '--disable', 'g'],
      { ...none, configOverrides: ['a=1', 'b="x"'], enable: ['f'], disable: ['g'] },
    ],
    [['--no-join'], { ...none, join: false }],
    [['--help'], undefined],
    [['-c'], undefined],
    [['-c', '--stdio'], undefined],
    [['-ca=1'], undefined],
    [['--listen=stdio://'], undefined],
    [['toString', 'x'], undefined],
    [['word'], undefined],
  ] as const)('%o', ([args, expected]) => {
    expect(readAppServerArgs(args)).toEqual(expected);
  });
});

describe('--listen', () => {
  test.for([
    ['stdio://', { kind: 'stdio' }],
    ['off', { kind: 'off' }],
    ['unix://', { kind: 'unix', path: undefined }],
    ['unix:///run/x.sock', { kind: 'unix', path: '/run/x.sock' }],
    ['unix://x.sock', { kind: 'unix', path: 'x.sock' }],
    ['ws://127.0.0.1:4500', { kind: 'ws', host: '127.0.0.1', port: 4500 }],
    ['ws://127.0.0.1:0/', { kind: 'ws', host: '127.0.0.1', port: 0 }],
    ['ws://[::1]:80', { kind: 'ws', host: '::1', port: 80 }],
    ['ws://localhost:80', { kind: 'ws', host: 'localhost', port: 80 }],
    ['ws://0.0.0.0:80', { kind: 'ws', host: '0.0.0.0', port: 80 }],
  ] as const)('%s', ([value, address]) => {
    expect(readListenAddress(value)).toEqual(address);
  });

  test.for([
    'ws://127.0.0.1',
    'ws://127.0.0.1:65536',
    'http://127.0.0.1:1',
    'ws://host:1',
    '',
    'x',
  ])('refuses %s in one sentence', (value) => {
    expect(() => readListenAddress(value)).toThrow(/^Cannot listen on ".*": use /u);
  });
});

test('a failure is one line, whatever was thrown', () => {
  expect(failureLine(new Error('first\n  second'))).toBe('parley: first second\n');
  expect(failureLine('words')).toBe('parley: words\n');
  expect(exitCodeOf(Object.assign(new Error('x'), { exitCode: 2 }))).toBe(2);
  expect(exitCodeOf(new ConfigError('x'))).toBe(2);
  expect(exitCodeOf(new Error('x'))).toBe(1);
  expect(exitCodeOf(undefined)).toBe(1);
});
