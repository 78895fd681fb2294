import * as fc from 'fast-check';
import { parse, stringify } from 'smol-toml';
import { describe, expect, test } from 'vitest';

import { editToml } from './editToml.ts';
import { isTable, parseKeyPath, valueAt } from './keyPath.ts';

const FILE = `# My settings
model = "gpt-5.5" # the usual one

# Who answers
[model_providers.mine] # local
base_url = 'http://127.0.0.1:1234/v1'
http_headers = { x-a = "1", "x.b" = "2" } # both needed

[features]
realtime_conversation = true
`;

function edit(text: string, key: string, value: unknown, isUpsert = false): string | undefined {
  return editToml(text, { path: parseKeyPath(key) ?? [], value, isUpsert });
}

/** Lines that are in one text and not in the other. */
function changed(before: string, after: string | undefined): readonly string[] {
  const lines = (after ?? '').split('\n');
  const known = before.split('\n');
  return [
    ...known.filter((line) => !lines.includes(line)).map((line) => `-${line}`),
    ...lines.filter((line) => !known.includes(line)).map((line) => `+${line}`),
  ];
}

test.each<[string, string, unknown, readonly string[]]>([
  [
    'a value',
    'model',
    'o9',
    ['-model = "gpt-5.5" # the usual one', '+model = "o9" # the usual one'],
  ],
  ['a new key at the top', 'service_tier', 'fast', ['+service_tier = "fast"']],
  ['a new key of a table', 'features.fast_mode', false, ['+fast_mode = false']],
  ['a new table', 'realtime.voice', 'marin', ['+[realtime]', '+voice = "marin"']],
  [
    'a key of a table on one line',
    'model_providers.mine.http_headers.x-a',
    '9',
    [
      '-http_headers = { x-a = "1", "x.b" = "2" } # both needed',
      '+http_headers = { x-a = "9", "x.b" = "2" } # both needed',
    ],
  ],
  [
    'a quoted key',
    'model_providers.mine.http_headers."x.b"',
    undefined,
    [
      '-http_headers = { x-a = "1", "x.b" = "2" } # both needed',
      '+http_headers = { x-a = "1" } # both needed',
    ],
  ],
  ['a key taken away', 'model', undefined, ['-model = "gpt-5.5" # the usual one']],
  [
    'a table taken away, its comment stays',
    'features',
    undefined,
    ['-[features]', '-realtime_conversation = true'],
  ],
  ['a list', 'notify', ['say', 'it "loud"'], ['+notify = ["say", "it \\"loud\\""]']],
])('%s changes its own line and nothing else', (_what, key, value, lines) => {
  expect(changed(FILE, edit(FILE, key, value))).toEqual(lines);
});

test('a key beside a table below gets a header of its own', () => {
  const set = editToml('[a.""]\n"" = 0\n', { path: ['a', ' '], value: 1, isUpsert: false });
  expect(parse(set ?? '')).toEqual({ a: { '': { '': 0 }, ' ': 1 } });
});

test('what is so already is not written again', () => {
  expect(edit(FILE, 'model', 'gpt-5.5')).toBe(FILE);
  expect(edit(FILE, 'service_tier', undefined)).toBe(FILE);
});

test('an upsert adds to a table, a replacement takes its place', () => {
  const upserted = edit(FILE, 'features', { fast_mode: true }, true);
  const replaced = edit(FILE, 'features', { fast_mode: true });
  expect(parse(upserted ?? '')['features']).toEqual({
    realtime_conversation: true,
    fast_mode: true,
  });
  expect(parse(replaced ?? '')['features']).toEqual({ fast_mode: true });
  expect(replaced).toContain('# Who answers');
});

describe('however a file is written', () => {
  test.each<[string, string]>([
    ['empty', ''],
    ['without a last line break', 'model = "a"'],
    ['comments alone', '# nothing yet\n'],
    ['a table alone', '# voice\n[realtime]\nvoice = "x"\n'],
    ['with Windows line ends', 'model = "a"\r\n\r\n[realtime]\r\nvoice = "x"\r\n'],
    ['with a byte order mark', '\uFEFFmodel = "a"\n'],
    [
      'strings over lines',
      'text = """\n[service_tier]\nservice_tier = 1 # no\n"""\nmodel = \'\'\'a = "\'\'\'\n',
    ],
    ['lists over lines', 'notify = [ # why\n  "a]", # ]\n  "b",\n]\nmodel = "m"\n'],
    [
      'lists of tables',
      'model = "a"\n[[hooks.on]]\nservice_tier = "x"\n[[hooks.on]]\nname = "b"\n',
    ],
    ['the key in other tables', '[profiles.a]\nservice_tier = "x"\n[b]\nservice_tier = "y"\n'],
    ['dotted keys', 'a.b = 1\n"service_tier" = "old"\n'],
    ['spaces everywhere', '  service_tier   =   "old"   # c\n'],
    ['a table below with a header of its own', '[a.""]\n"" = 0\n'],
    ['escaped quotes', 'a = "x\\" # no"\nb = \'c:\\\'\n'],
  ])('%s: set and taken away, the rest means the same', (_what, text) => {
    const before = parse(text.replace('\uFEFF', ''));
    const set = edit(text, 'service_tier', 'fast');
    expect(parse((set ?? '').replace('\uFEFF', ''))).toEqual({ ...before, service_tier: 'fast' });
    const { service_tier: _old, ...rest } = before;
    const gone = edit(set ?? '', 'service_tier', undefined);
    expect(parse((gone ?? '').replace('\uFEFF', ''))).toEqual(rest);
  });

  test('what cannot be placed safely is left alone', () => {
    expect(edit('[[providers]]\nname = "a"\n', 'providers.name', 'b')).toBeUndefined();
    expect(edit('model = "a"\n', 'model.name', 'b')).toBeUndefined();
    expect(edit('a = 1\n', 'b', Number.NaN)).toBeUndefined();
  });
});

test('any key of any file can be set and taken away, and the rest means the same', () => {
  const name = fc.oneof(fc.constantFrom('a', 'b', 'service_tier', 'x.y', 'q"', ' '), fc.string());
  const scalar = fc.oneof(fc.string(), fc.integer(), fc.boolean());
  const { table } = fc.letrec<{ table: Record<string, unknown>; value: unknown }>((tie) => ({
    table: fc.dictionary(name, tie('value'), { maxKeys: 4, noNullPrototype: true }),
    value: fc.oneof({ maxDepth: 3 }, scalar, fc.array(scalar, { maxLength: 3 }), tie('table')),
  }));
  fc.assert(
    fc.property(
      table,
      fc.array(name, { minLength: 1, maxLength: 3 }),
      scalar,
      (file, path, value) => {
        const text = `# first\n${stringify(file)}# last\n`;
        const set = editToml(text, { path, value, isUpsert: false });
        const above = path.slice(0, -1).map((_, index) => valueAt(file, path.slice(0, index + 1)));
        // Below a plain value there is no place for a key.
        fc.pre(above.every((known) => known === undefined || isTable(known)));
        expect(set).toContain('# first\n');
        expect(set).toContain('# last\n');
        const gone = editToml(set ?? '', { path, value: undefined, isUpsert: false });
        expect(gone).toBeDefined();
      },
    ),
    { numRuns: 500 },
  );
});
