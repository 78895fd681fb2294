import { expect, test } from 'vitest';

import {
  type CommandEnvironmentOptions,
  commandEnvironment,
  DEFAULT_ENVIRONMENT,
  type ShellEnvironmentPolicy,
} from './commandEnvironment.ts';

const inherited = {
  PATH: '/bin',
  HOME: '/home/ann',
  EDITOR: 'vi',
  GITHUB_TOKEN: 't',
  my_secret_name: 's',
  STRANGE: 'a key of a provider',
  PARLEY_LOG: 'debug',
  GONE: undefined,
};
const seen = (
  policy: Partial<ShellEnvironmentPolicy>,
  more: Partial<CommandEnvironmentOptions> = {},
): Record<string, string> =>
  commandEnvironment({
    inherited,
    policy: { ...DEFAULT_ENVIRONMENT, ...policy },
    keyNames: ['STRANGE'],
    told: {},
    ...more,
  });
/** Of what was inherited. */
const names = (policy: Partial<ShellEnvironmentPolicy>): readonly string[] =>
  Object.keys(inherited).filter((name) => name in seen(policy));

test('what looks like a secret is left out, and so is what is ours and what holds keys of providers', () => {
  expect(names({})).toEqual(['PATH', 'HOME', 'EDITOR']);
});

test('somebody who wants secrets inherited gets them, but not our own', () => {
  expect(names({ ignoreDefaultExcludes: true })).toEqual([
    'PATH',
    'HOME',
    'EDITOR',
    'GITHUB_TOKEN',
    'my_secret_name',
  ]);
});

test.each<readonly [Partial<ShellEnvironmentPolicy>, readonly string[]]>([
  [{ inherit: 'core' }, ['PATH', 'HOME']],
  [{ inherit: 'none' }, []],
  [{ exclude: ['edit?r', 'h*'] }, ['PATH']],
  [{ includeOnly: ['PA*'] }, ['PATH']],
])('with %j of them are left %j', (policy, left) => {
  expect(names(policy)).toEqual(left);
});

test('what is set wins over what is inherited, and what programs are told over both', () => {
  const env = seen({ set: { EDITOR: 'ed', MY_KEY: 'k', ID: 'x' } }, { told: { ID: 'y' } });

  expect(env).toMatchObject({ EDITOR: 'ed', MY_KEY: 'k', ID: 'y', TERM: 'dumb' });
});
