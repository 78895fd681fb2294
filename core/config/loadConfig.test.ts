import { mkdirSync, mkdtempDisposableSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { ConfigError, loadConfig, resolveProvider } from './index.ts';
import { fileLayer } from './layers.ts';

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

    expect(error.message).toBe(
      `${file}:2:18: this is not valid TOML (invalid value); mend it here, then try again.`,
    );
    const at = { line: 2, column: 18 };
    expect(error.place).toEqual({ file, range: { start: at, end: at } });
  });

  test.for([
    ['model = 5', '1:9: model must be a string, not a whole number.'],
    [
      'show_raw_agent_reasoning = "yes"',
      '1:28: show_raw_agent_reasoning must be true or false, not a string.',
    ],
    ['model_context_window = 0', '1:24: model_context_window must be at least 1, not 0.'],
    [
      '[realtime]\ntype = "chat"',
      '2:8: realtime.type must be one of "conversational", "transcription", not "chat".',
    ],
    [
      'realtime = { voice = "a", type = "chat" }',
      '1:12: realtime.type must be one of "conversational", "transcription", not "chat".',
    ],
    ['realtime = 1', '1:12: realtime must be a table, not a whole number.'],
    [
      '# 😀\n[features]\nrealtime_conversation = 1',
      '3:25: features.realtime_conversation must be true or false, not a whole number.',
    ],
  ] as const)('names the place, the key and what is allowed: %s', ([text, expected]) => {
    write(text);

    expect(failure(() => loadConfig({ home })).message).toBe(`${file}:${expected}`);
  });

  test('gives the whole value as the place, counted in characters', () => {
    write('\uFEFFmodel = "x"\n"a😀b" = 1\n[permissions."😀"]\nextends = 12 # why\n');

    expect(failure(() => loadConfig({ home })).place).toEqual({
      key: 'permissions."😀".extends',
      file,
      range: { start: { line: 4, column: 11 }, end: { line: 4, column: 12 } },
    });
    write('\uFEFFmodel = 5');
    expect(failure(() => loadConfig({ home })).message).toContain(':1:9: ');
  });

  test('a folder in its place is told as that', () => {
    mkdirSync(file);

    expect(failure(() => loadConfig({ home })).message).toBe(
      `${file} is a folder; put the settings file in its place, or remove it.`,
    );
  });
});

describe('a provider that cannot be used', () => {
  const faults = [
    [
      '[model_providers.local]\nwire_api = "chat"',
      '2:12: model_providers.local.wire_api must be "responses", not "chat".',
    ],
    [
      '[model_providers."my.own"]\nbase_url = 1',
      '2:12: model_providers."my.own".base_url must be a string, not a whole number.',
    ],
    [
      '[model_providers.a]\nstream_idle_timeout_ms = 3_000_000_000',
      '2:26: model_providers.a.stream_idle_timeout_ms must be at most 2147483647, not 3000000000.',
    ],
    [
      '[model_providers.a]\nrequest_max_retries = 1.5',
      '2:23: model_providers.a.request_max_retries must be a whole number, not a number.',
    ],
    ['model_providers.a = 1', '1:21: model_providers.a must be a table, not a whole number.'],
    [
      '[model_providers.openai]\nbase_url = "http://x"',
      '1:1: model_providers.openai cannot be redefined: use openai_base_url to point it elsewhere, or choose another name.',
    ],
    [
      '[model_providers.practice]\nbase_url = "http://x"',
      '1:1: model_providers.practice cannot be redefined: it is the built-in practice provider; choose another name.',
    ],
  ] as const;

  test.for(faults)('is warned of and hinders nobody else: %s', ([text, expected]) => {
    write(`${text}\n[model_providers.sound]\nbase_url = "http://y"`);
    const { config, warnings } = loadConfig({ home });
    const [id = ''] = config.faultyProviders.keys();

    expect(warnings).toMatchObject([
      {
        code: 'faultyProvider',
        place: { file, range: {} },
        message: `${file}:${expected} Until then provider ${id} cannot be used.`,
      },
    ]);
    expect([...config.modelProviders.keys()]).toEqual(['sound']);
  });

  test.for(faults)(
    'is refused with its mistake when it is the chosen one: %s',
    ([text, expected]) => {
      write(text);
      const { config } = loadConfig({ home });
      const [id] = config.faultyProviders.keys();
      const chosen = { ...config, modelProvider: id };

      expect(failure(() => resolveProvider(chosen, {}, { hasApiKey: false })).message).toBe(
        `${file}:${expected}`,
      );
    },
  );

  test('does not repeat the value of a secret', () => {
    write('[model_providers.a]\nexperimental_bearer_token = ["sk-secret"]');

    const [warning] = loadConfig({ home }).warnings;
    expect(warning?.message).toMatch(/experimental_bearer_token must be a string, not a list/u);
    expect(warning?.message).not.toContain('sk-secret');
  });
});

test('a mistake that shows only when a value is used is told with its place', () => {
  write('\nmodel_provider = "nope"\n');
  const { config, locate } = loadConfig({ home });
  const error = failure(() => resolveProvider(config, {}, { hasApiKey: false }));

  expect(locate(error)).toMatchObject({
    message: `${file}:2:18: model_provider "nope" is not defined; known are openai, practice.`,
    place: { file, range: { start: { line: 2, column: 18 }, end: { line: 2, column: 23 } } },
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

    expect(loadConfig({ home }).config.faultyProviders.get('p')?.message).toBe(
      `${file}:2:8: model_providers.p.auth cannot be combined with ${keys}; keep one of them.`,
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

    expect(loadConfig({ home }).config.faultyProviders.get('p')?.message).toBe(
      `${file}:2:8: ${expected}`,
    );
  });
});

describe('unknown keys', () => {
  test('are warned of with the key that was meant', () => {
    write('modle = "x"\n[model_providers.p]\nbase_ulr = "http://x"\n[realtime]\ncolour = 1');

    expect(loadConfig({ home }).warnings).toEqual([
      {
        code: 'unknownKey',
        place: {
          key: 'modle',
          file,
          range: { start: { line: 1, column: 1 }, end: { line: 1, column: 5 } },
        },
        message: `Unknown key modle in ${file}:1:1; did you mean "model"?`,
      },
      {
        code: 'unknownKey',
        place: {
          key: 'model_providers.p.base_ulr',
          file,
          range: { start: { line: 3, column: 1 }, end: { line: 3, column: 8 } },
        },
        message: `Unknown key model_providers.p.base_ulr in ${file}:3:1; did you mean "base_url"?`,
      },
      {
        code: 'unknownKey',
        place: {
          key: 'realtime.colour',
          file,
          range: { start: { line: 5, column: 1 }, end: { line: 5, column: 6 } },
        },
        message: `Unknown key realtime.colour in ${file}:5:1.`,
      },
    ]);
  });

  test('of the command line are not blamed on the file', () => {
    write('model = "x"');

    expect(loadConfig({ home, overrides: ['moddel=y'] }).warnings).toEqual([
      {
        code: 'unknownKey',
        place: { key: 'moddel' },
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

test('a file is parsed again only where it says something else, and then each time', () => {
  const text = '[model_providers.own]\nname = "Own"\n';
  const { table } = fileLayer(file, text);

  expect(fileLayer(file, text).table).toBe(table);
  expect(fileLayer(`${file}.other`, text).table).toEqual(table);
  expect(fileLayer(file, 'model = "one"').table).toEqual({ model: 'one' });
  expect(() => fileLayer(file, 'model = ')).toThrow(ConfigError);
  expect(() => fileLayer(file, 'model = ')).toThrow(ConfigError);
  expect(fileLayer(file, text).table).toEqual(table);
});
