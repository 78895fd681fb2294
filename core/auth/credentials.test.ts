import { chmodSync, mkdirSync, mkdtempDisposableSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { ManualClock } from '../base/testing/index.ts';
import type { CredentialSource, ResolvedProvider } from '../config/index.ts';
import { runCommand } from '../platform/index.ts';
import { ScriptedCommand } from '../platform/testing/index.ts';
import { AuthError, type Credentials, createCredentials, readStoredAuth } from './index.ts';

let folder: ReturnType<typeof mkdtempDisposableSync>;
let clock: ManualClock;
let command: ScriptedCommand;
let warnings: string[];

beforeEach(() => {
  folder = mkdtempDisposableSync(join(tmpdir(), 'auth-'));
  clock = new ManualClock();
  command = new ScriptedCommand();
  warnings = [];
});

afterEach(() => {
  folder.remove();
});

function provider(
  kind: 'openai' | 'custom',
  credential: CredentialSource,
  hasOwnBaseUrl = kind === 'custom',
): ResolvedProvider {
  return {
    kind,
    id: kind === 'openai' ? 'openai' : 'mine',
    name: kind === 'openai' ? 'OpenAI' : 'Mine',
    baseUrl: 'http://127.0.0.1:9/v1',
    hasOwnBaseUrl,
    queryParams: {},
    headers: {},
    credential,
    requestMaxRetries: 0,
    streamMaxRetries: 0,
    streamIdleTimeoutMs: 1,
    supportsWebsockets: false,
    websocketConnectTimeoutMs: 1,
  };
}

function credentials(of: ResolvedProvider, env: Record<string, string> = {}): Credentials {
  return createCredentials(of, {
    env,
    home: folder.path,
    clock,
    run: command.run,
    onWarning: (message) => {
      warnings.push(message);
    },
  });
}

function storeKey(content: unknown, mode = 0o600): void {
  const path = join(folder.path, 'auth.json');
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  chmodSync(path, mode);
}

function source(refreshIntervalMs: number, cwd?: string): CredentialSource {
  return {
    kind: 'command',
    auth: { command: './token', args: ['a b'], timeoutMs: 5000, refreshIntervalMs, cwd },
  };
}

const account: CredentialSource = { kind: 'account' };
const none: CredentialSource = { kind: 'none' };

describe('which key is sent', () => {
  test.for<{
    name: string;
    of: ResolvedProvider;
    stored?: string;
    env?: Record<string, string>;
    responses: string | undefined;
    realtime: string | undefined;
  }>([
    {
      name: 'the variable of the provider comes first',
      of: provider('custom', { kind: 'environment', variable: 'K', instructions: undefined }),
      stored: 'stored',
      env: { K: ' key ', OPENAI_API_KEY: 'general' },
      responses: 'key',
      realtime: 'key',
    },
    {
      name: 'then the token of the provider',
      of: provider('custom', { kind: 'literal', token: 'literal' }),
      stored: 'stored',
      responses: 'literal',
      realtime: 'literal',
    },
    {
      name: 'then the stored key',
      of: provider('openai', account),
      stored: 'stored',
      env: { OPENAI_API_KEY: 'general' },
      responses: 'stored',
      realtime: 'stored',
    },
    {
      name: 'OPENAI_API_KEY comes last',
      of: provider('openai', account),
      env: { OPENAI_API_KEY: 'general' },
      responses: 'general',
      realtime: 'general',
    },
    {
      name: 'text requests to a custom provider carry no key that was not meant for it',
      of: provider('custom', none),
      stored: 'stored',
      env: { OPENAI_API_KEY: 'general' },
      responses: undefined,
      realtime: 'stored',
    },
    {
      name: 'practice needs none',
      of: { kind: 'practice', id: 'practice' },
      env: { OPENAI_API_KEY: 'general' },
      responses: undefined,
      realtime: undefined,
    },
  ])('$name', async ({ of, stored, env = {}, responses, realtime }) => {
    if (stored !== undefined) storeKey({ auth_mode: 'apikey', OPENAI_API_KEY: stored });
    const manager = credentials(of, env);

    expect(await manager.credential()).toBe(responses);
    expect(await manager.credential('realtime')).toBe(realtime);
    expect(await manager.refreshAfter401('anything')).toBeUndefined();
  });

  test('a server at openai_base_url may be asked for text without a key', async () => {
    const manager = credentials(provider('openai', account, true));

    expect(await manager.credential()).toBeUndefined();
  });
});

describe('no key', () => {
  test('names the variable and says what the provider says about it', async () => {
    const variable = { kind: 'environment', variable: 'MY_KEY', instructions: 'Ask Ann.' } as const;

    await expect(credentials(provider('custom', variable)).credential()).rejects.toThrow(
      'The environment variable MY_KEY is not set; provider Mine takes its key from it. Ask Ann.',
    );
  });

  test('at all for OpenAI names the variable to set', async () => {
    await expect(credentials(provider('openai', account)).credential()).rejects.toThrow(
      'There is no OpenAI key; set the environment variable OPENAI_API_KEY.',
    );
  });

  test.each([false, true])(
    'but an account is told as that, and nothing goes out without authorisation (own address: %s)',
    async (hasOwnBaseUrl) => {
      storeKey({ auth_mode: 'chatgpt', tokens: { access_token: 'at-secret' } });
      const manager = credentials(provider('openai', account, hasOwnBaseUrl));

      await expect(manager.credential()).rejects.toThrow(
        `The sign-in with an account in ${join(folder.path, 'auth.json')} cannot be used here. ` +
          'There is no OpenAI key; set the environment variable OPENAI_API_KEY.',
      );
      const withKey = credentials(provider('openai', account), { OPENAI_API_KEY: 'general' });
      expect(await withKey.credential()).toBe('general');
    },
  );

  test.for([
    ['a custom server that asks for none', provider('custom', none)],
    ['an address of the user’s own for OpenAI', provider('openai', account, true)],
  ] as const)('is none for text and voice alike with %s', async ([, of]) => {
    const manager = credentials(of, of.kind === 'custom' ? { OPENAI_API_KEY: 'general' } : {});

    expect(await manager.credential('responses')).toBeUndefined();
    expect(await manager.credential('realtime')).toBeUndefined();
  });
});

describe('the stored key', () => {
  test('that an editor on Windows has written is used', async () => {
    storeKey('\uFEFF{"OPENAI_API_KEY":"sk-marked"}');

    expect(await readStoredAuth(folder.path)).toMatchObject({ apiKey: 'sk-marked' });
  });

  test('that others can read is used and warned of once', async () => {
    storeKey({ OPENAI_API_KEY: 'stored' }, 0o644);
    const manager = credentials(provider('openai', account));

    expect([await manager.credential(), await manager.credential()]).toEqual(['stored', 'stored']);
    expect(warnings).toEqual([
      `${join(folder.path, 'auth.json')} can be read by others; make it private with chmod 600.`,
    ]);
  });

  test.for<[string, unknown]>([
    ['of another way of signing in', { auth_mode: 'chatgpt', OPENAI_API_KEY: 'k', tokens: {} }],
    ['that is null', { auth_mode: 'apikey', OPENAI_API_KEY: null }],
    ['that is blank', { auth_mode: 'apikey', OPENAI_API_KEY: ' ' }],
  ])('%s is none', async ([, content]) => {
    storeKey(content);

    expect(await readStoredAuth(folder.path)).toMatchObject({
      apiKey: undefined,
      warning: undefined,
    });
  });

  test.for([
    ['{"OPENAI_API_KEY": "sk-secret', 'is not valid JSON; sign in again or delete it.'],
    [
      '{"OPENAI_API_KEY": ["sk-secret"]}',
      'does not hold a stored key in a form that is known; sign in again or delete it.',
    ],
  ] as const)(
    'that is not understood is an error without the key: %s',
    async ([content, words]) => {
      storeKey(content);
      const path = join(folder.path, 'auth.json');

      await expect(readStoredAuth(folder.path)).rejects.toThrow(
        new AuthError('credentialStoreUnreadable', `${path} ${words}`),
      );
    },
  );

  test('that cannot be read is an error that says why', async () => {
    mkdirSync(join(folder.path, 'auth.json'));

    await expect(readStoredAuth(folder.path)).rejects.toThrow(/auth\.json cannot be read: /);
  });
});

describe('a token printed by a command', () => {
  test('is fetched once for all who ask, trimmed and kept', async () => {
    const manager = credentials(provider('custom', source(1000, 'helpers')));
    const both = Promise.all([manager.credential(), manager.credential('realtime')]);
    command.print(' token-1 \n');

    expect(await both).toEqual(['token-1', 'token-1']);
    expect(await manager.credential()).toBe('token-1');
    expect(command.requests).toEqual([
      { command: './token', args: ['a b'], cwd: join(folder.path, 'helpers'), timeoutMs: 5000 },
    ]);
  });

  test('is fetched again when its time is up, not before', async () => {
    const manager = credentials(provider('custom', source(1000)));
    const first = manager.credential();
    command.print('one');
    await first;

    clock.advance(999);
    expect(await manager.credential()).toBe('one');
    clock.advance(1);
    const second = manager.credential();
    command.print('two');
    expect(await second).toBe('two');
  });

  test('lasts for ever with an interval of 0', async () => {
    const manager = credentials(provider('custom', source(0)));
    const first = manager.credential();
    command.print('one');
    await first;
    clock.advance(1e9);

    expect(await manager.credential()).toBe('one');
  });

  test('is fetched once more after a 401, also when several requests were refused', async () => {
    const manager = credentials(provider('custom', source(0)));
    const first = manager.credential();
    command.print('one');
    await first;
    const refreshed = Promise.all([manager.refreshAfter401('one'), manager.refreshAfter401('one')]);
    command.print('two');

    expect(await refreshed).toEqual(['two', 'two']);
    expect(await manager.refreshAfter401('one'), 'a late refusal of the old token').toBe('two');
    expect(command.requests).toHaveLength(2);
  });

  test.for([
    [{ kind: 'exited', exitCode: 3, stdout: 'sk-secret' }, 'ended with exit code 3'],
    [{ kind: 'exited', exitCode: 0, stdout: ' \n' }, 'printed nothing'],
    [{ kind: 'exited', exitCode: 0, stdout: 'sk-secret\nmore' }, 'printed more than one line'],
    [
      { kind: 'exited', exitCode: 0, stdout: 'sk secret' },
      'printed characters that a token cannot have',
    ],
    [{ kind: 'timedOut' }, 'did not finish within 5000 ms'],
    [{ kind: 'tooMuchOutput' }, 'printed far more than a token'],
    [{ kind: 'killed', signal: 'SIGTERM' }, 'was ended by SIGTERM'],
    [{ kind: 'notStarted', reason: 'ENOENT' }, 'could not be started (ENOENT)'],
  ] as const)('that is none fails the request: %j', async ([result, reason]) => {
    const manager = credentials(provider('custom', source(0)));
    const failed = manager.credential();
    command.finish(result);

    await expect(failed).rejects.toThrow(
      new AuthError(
        'credentialCommandFailed',
        `The auth command "./token" ${reason}, so no request was sent.`,
      ),
    );
    await expect(manager.credential(), 'whoever asks right after').rejects.toThrow(AuthError);
    clock.advance(1_000);
    const next = manager.credential();
    command.print('better');
    expect(await next, 'a failure is not remembered for long').toBe('better');
  });

  test('comes from a real program, once for two requests and once more after a 401', async () => {
    const script =
      'const { appendFileSync, readFileSync } = require("node:fs"); appendFileSync("runs", "x"); ' +
      'console.log(`token-${readFileSync("runs").length}`)';
    const auth = {
      command: process.execPath,
      args: ['-e', script],
      timeoutMs: 10_000,
      refreshIntervalMs: 300_000,
      cwd: '.',
    };
    const manager = createCredentials(provider('custom', { kind: 'command', auth }), {
      env: {},
      home: folder.path,
      clock,
      run: runCommand,
    });

    expect([await manager.credential(), await manager.credential('realtime')]).toEqual([
      'token-1',
      'token-1',
    ]);
    expect(await manager.refreshAfter401('token-1')).toBe('token-2');
    expect(await manager.credential()).toBe('token-2');
    expect(readFileSync(join(folder.path, 'runs'), 'utf8')).toBe('xx');
  });
});
