import { mkdirSync, mkdtempDisposableSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { ConfigError, loadConfig } from './index.ts';

let folder: ReturnType<typeof mkdtempDisposableSync>;
let home: string;
let file: string;

beforeEach(() => {
  folder = mkdtempDisposableSync(join(tmpdir(), 'config-'));
  home = folder.path;
  file = join(home, 'config.toml');
});

afterEach(() => {
  folder.remove();
});

function write(text: string): void {
  writeFileSync(file, text);
}

function failure(run: () => unknown): ConfigError {
  try {
    run();
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('The configuration was accepted');
}

describe('a file that cannot be used', () => {
  test('that is broken is reported with file, line, column and reason', () => {
    write('model = "a"\nmodel_provider = \n');

    const error = failure(() => loadConfig({ home }));

    expect(error.message).toBe(`${file} is not valid TOML at line 2, column 18: invalid value.`);
    expect(error.place).toEqual({ file, line: 2, column: 18 });
  });

  test.for([
    ['model = 5', 'model must be a string, not a whole number.'],
    [
      'show_raw_agent_reasoning = "yes"',
      'show_raw_agent_reasoning must be true or false, not a string.',
    ],
    ['model_context_window = 0', 'model_context_window must be at least 1, not 0.'],
    [
      '[realtime]\ntype = "chat"',
      'realtime.type must be one of "conversational", "transcription", not "chat".',
    ],
    ['realtime = 1', 'realtime must be a table, not a whole number.'],
    [
      '[model_providers.local]\nwire_api = "chat"',
      'model_providers.local.wire_api must be "responses", not "chat".',
    ],
    [
      '[model_providers."my.own"]\nbase_url = 1',
      'model_providers."my.own".base_url must be a string, not a whole number.',
    ],
    [
      '[features]\nrealtime_conversation = 1',
      'features.realtime_conversation must be true or false, not a whole number.',
    ],
    [
      '[model_providers.a]\nstream_idle_timeout_ms = 3_000_000_000',
      'model_providers.a.stream_idle_timeout_ms must be at most 2147483647, not 3000000000.',
    ],
    [
      '[model_providers.a]\nrequest_max_retries = 1.5',
      'model_providers.a.request_max_retries must be a whole number, not a number.',
    ],
    [
      '[model_providers.openai]\nbase_url = "http://x"',
      'model_providers.openai cannot be redefined: use openai_base_url to point it elsewhere, or choose another name.',
    ],
    [
      '[model_providers.practice]\nbase_url = "http://x"',
      'model_providers.practice cannot be redefined: it is the built-in practice provider; choose another name.',
    ],
  ] as const)('names the key and what is allowed: %s', ([text, expected]) => {
    write(text);

    expect(failure(() => loadConfig({ home })).message).toBe(`${file}: ${expected}`);
  });

  test('does not repeat the value of a secret', () => {
    write('[model_providers.a]\nexperimental_bearer_token = ["sk-secret"]');

    expect(failure(() => loadConfig({ home })).message).not.toContain('sk-secret');
  });

  test('that cannot be read at all says so', () => {
    mkdirSync(file);

    expect(failure(() => loadConfig({ home })).message).toMatch(
      /^\S+config\.toml cannot be read: /,
    );
  });
});

describe('command-backed tokens', () => {
  test('takes the whole table', () => {
    write(
      '[model_providers.p]\nbase_url = "http://127.0.0.1/v1"\n' +
        '[model_providers.p.auth]\ncommand = "./token"\nargs = ["--audience", "x"]\n' +
        'timeout_ms = 5000\nrefresh_interval_ms = 0\ncwd = "helpers"\n',
    );

    expect(loadConfig({ home }).config.modelProviders.get('p')?.auth).toEqual({
      command: './token',
      args: ['--audience', 'x'],
      timeoutMs: 5000,
      refreshIntervalMs: 0,
      cwd: 'helpers',
    });
  });

  test('has defaults for all but the command', () => {
    write('[model_providers.p]\nauth = { command = "t" }');

    expect(loadConfig({ home }).config.modelProviders.get('p')?.auth).toEqual({
      command: 't',
      args: [],
      timeoutMs: 5000,
      refreshIntervalMs: 300_000,
      cwd: undefined,
    });
  });

  test.for([
    ['env_key = "K"', 'env_key'],
    ['experimental_bearer_token = "t"', 'experimental_bearer_token'],
    ['requires_openai_auth = true', 'requires_openai_auth'],
    ['env_key = "K"\nrequires_openai_auth = true', 'env_key, requires_openai_auth'],
  ] as const)('refuses another source beside it: %s', ([line, keys]) => {
    write(`[model_providers.p]\nauth = { command = "t" }\n${line}`);

    expect(failure(() => loadConfig({ home })).message).toBe(
      `${file}: model_providers.p.auth cannot be combined with ${keys}; keep one of them.`,
    );
  });

  test('stands beside requires_openai_auth = false', () => {
    write('[model_providers.p]\nauth = { command = "t" }\nrequires_openai_auth = false');

    expect(loadConfig({ home }).warnings).toEqual([]);
  });

  test.for([
    ['{ command = "" }', 'model_providers.p.auth.command must not be empty.'],
    [
      '{ command = "t", timeout_ms = 0 }',
      'model_providers.p.auth.timeout_ms must be at least 1, not 0.',
    ],
    ['{ args = [] }', 'model_providers.p.auth.command is missing; it must be a string.'],
  ] as const)('refuses %s', ([auth, expected]) => {
    write(`[model_providers.p]\nauth = ${auth}`);

    expect(failure(() => loadConfig({ home })).message).toBe(`${file}: ${expected}`);
  });
});

describe('unknown keys', () => {
  test('are warned of with the key that was meant', () => {
    write('modle = "x"\n[model_providers.p]\nbase_ulr = "http://x"\n[realtime]\ncolour = 1');

    expect(loadConfig({ home }).warnings).toEqual([
      {
        code: 'unknownKey',
        key: 'modle',
        file,
        message: `Unknown key modle in ${file}; did you mean "model"?`,
      },
      {
        code: 'unknownKey',
        key: 'model_providers.p.base_ulr',
        file,
        message: `Unknown key model_providers.p.base_ulr in ${file}; did you mean "base_url"?`,
      },
      {
        code: 'unknownKey',
        key: 'realtime.colour',
        file,
        message: `Unknown key realtime.colour in ${file}.`,
      },
    ]);
  });

  test('of the command line are not blamed on the file', () => {
    write('model = "x"');

    expect(loadConfig({ home, overrides: ['moddel=y'] }).warnings).toEqual([
      {
        code: 'unknownKey',
        key: 'moddel',
        file: null,
        message: 'Unknown key moddel in -c moddel; did you mean "model"?',
      },
    ]);
  });

  test('that a codex configuration may hold pass without a word', () => {
    write(
      'approval_policy = "never"\nsandbox_mode = "read-only"\nnotify = ["x"]\nprofile = "p"\n' +
        '[tui]\nanything = 1\n[mcp_servers.docs]\ncommand = "d"\n[projects."/a.b"]\ntrust_level = "trusted"\n' +
        '[profiles.p]\nmodel = "m"\n[otel]\nx = 1\n[features]\nunified_exec = true\nmulti_agent_v2 = { enabled = true, n = 1 }\n',
    );

    expect(loadConfig({ home }).warnings).toEqual([]);
  });
});

describe('layers', () => {
  test('a missing file is an empty configuration', () => {
    const { config, warnings } = loadConfig({ home });

    expect(warnings).toEqual([]);
    expect(config).toMatchObject({
      model: undefined,
      modelProvider: undefined,
      realtime: { version: 'v2', type: 'conversational', voice: undefined, transport: undefined },
      showRawAgentReasoning: false,
    });
  });

  test('a byte order mark does no harm', () => {
    write('\uFEFFmodel = "x"');

    expect(loadConfig({ home }).config.model).toBe('x');
  });

  test('the request wins over the command line, and that over the file', () => {
    write(
      'model = "file"\nmodel_provider = "p"\n[model_providers.p]\nname = "P"\nbase_url = "http://a"',
    );

    const { config } = loadConfig({
      home,
      overrides: ['model=line', 'model_providers.p.base_url="http://b"'],
      requestConfig: { model: 'request', 'realtime.voice': 'marin', model_provider: null },
    });

    expect(config).toMatchObject({ model: 'request', modelProvider: 'p' });
    expect(config.realtime.voice).toBe('marin');
    expect(config.modelProviders.get('p')).toMatchObject({ name: 'P', baseUrl: 'http://b' });
  });

  test.for([
    ['model=gpt-5', 'gpt-5'],
    ['model="gpt-5"', 'gpt-5'],
    ['model=', ''],
    ['model=a = b', 'a = b'],
    ['model="x"\nmodel_provider="y"', '"x"\nmodel_provider="y"'],
  ] as const)('-c takes TOML or else a plain string: %s', ([override, model]) => {
    expect(loadConfig({ home, overrides: [override] }).config).toMatchObject({
      model,
      modelProvider: undefined,
    });
  });

  test.for([
    ['model', '-c needs key=value, for example -c model="gpt-5", not model.'],
    ['=x', '-c needs key=value, for example -c model="gpt-5", not =x.'],
    ['a..b=x', '-c: a..b is not a key; write parts joined by dots.'],
    [
      'model_context_window=abc',
      '-c model_context_window: model_context_window must be a number, not a string.',
    ],
    ['model.x=1', '-c model.x: model must be a string, not a table.'],
  ] as const)('-c that cannot be used says why: %s', ([override, expected]) => {
    expect(failure(() => loadConfig({ home, overrides: [override] })).message).toBe(expected);
  });

  test('a request cannot reach into the prototype', () => {
    loadConfig({ home, requestConfig: { '__proto__.polluted': true } });

    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });
});
