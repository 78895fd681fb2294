import {
  mkdirSync,
  mkdtempDisposableSync,
  readdirSync,
  readFileSync,
  existsSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { ManualClock } from '../base/testing/index.ts';
import { createFileLogger, logPath, redact } from './index.ts';

let folder: ReturnType<typeof mkdtempDisposableSync>;
let home: string;
const clock = new ManualClock(Date.UTC(2026, 0, 2));

beforeEach(() => {
  folder = mkdtempDisposableSync(join(tmpdir(), 'log-'));
  home = folder.path;
});

afterEach(() => {
  folder.remove();
});

function lines(): unknown[] {
  return readFileSync(logPath(home), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
}

describe('the log file', () => {
  test('holds one JSON object a line, in order, also for lines from before it was open', async () => {
    const log = createFileLogger({ home, clock });
    log.info({ port: 1 }, 'listening');
    log.debug({}, 'too fine');
    await log.flush();
    log.error({ error: new TypeError('bad') }, 'gave up');

    expect(lines()).toEqual([
      { level: 'info', time: '2026-01-02T00:00:00.000Z', port: 1, msg: 'listening' },
      {
        level: 'error',
        time: '2026-01-02T00:00:00.000Z',
        error: {
          name: 'TypeError',
          message: 'bad',
          stack: expect.stringContaining('bad') as string,
        },
        msg: 'gave up',
      },
    ]);
    expect(statSync(logPath(home)).mode & 0o777).toBe(0o600);
  });

  test('does not exist before there is something to say', async () => {
    const log = createFileLogger({ home, clock, level: 'error' });
    log.warn({}, 'odd');
    await log.flush();

    expect(existsSync(dirname(logPath(home)))).toBe(false);
  });

  test.for([
    ['silent', 0],
    ['error', 1],
    ['warn', 2],
    ['info', 3],
    ['debug', 4],
    ['nonsense', 3],
  ] as const)('at level %s has %i of four lines', async ([level, count]) => {
    const log = createFileLogger({ home, clock, level });
    log.error({}, 'e');
    log.warn({}, 'w');
    log.info({}, 'i');
    log.debug({}, 'd');
    await log.flush();

    expect(existsSync(logPath(home)) ? lines() : []).toHaveLength(count);
  });

  test('is set aside when it has grown above 5 MB', async () => {
    mkdirSync(dirname(logPath(home)));
    writeFileSync(logPath(home), 'x'.repeat(5 * 1024 * 1024 + 1));
    const log = createFileLogger({ home, clock });
    log.info({}, 'fresh');
    await log.flush();

    expect(lines()).toHaveLength(1);
    expect(statSync(`${logPath(home)}.1`).size).toBe(5 * 1024 * 1024 + 1);
  });

  test('is set aside while it grows, also by another process, and never takes more than twice that', async () => {
    const [one, other] = [createFileLogger({ home, clock }), createFileLogger({ home, clock })];
    const words = Array.from({ length: 20 }, () => 'word '.repeat(300));
    for (let line = 1; line <= 300; line += 1) {
      one.info({ line, words }, 'grows');
      other.info({ line, words }, 'grows');
      if (line === 1) await Promise.all([one.flush(), other.flush()]);
    }

    const path = logPath(home);
    expect(readdirSync(dirname(path)).toSorted()).toEqual(['parley.log', 'parley.log.1']);
    for (const file of [path, `${path}.1`]) {
      expect(statSync(file).size).toBeLessThan(6 * 1024 * 1024);
      expect(statSync(file).mode & 0o777).toBe(0o600);
    }
    expect(lines().at(-1)).toMatchObject({ line: 300, msg: 'grows' });
  });

  test('that cannot be written costs nothing but the log', async () => {
    writeFileSync(join(home, 'log'), 'a file where the folder should be');
    const log = createFileLogger({ home, clock });
    log.info({}, 'lost');

    await expect(log.flush()).resolves.toBeUndefined();
  });
});

describe('redaction', () => {
  test('removes credentials, sound and words by name at every depth', () => {
    expect(
      redact({
        Authorization: 'Bearer x',
        'x-api-key': 'k',
        OPENAI_API_KEY: 'k',
        nested: [{ access_token: 't', audio: 'AAAA', transcript: 'hello', kept: 1 }],
        token: null,
      }),
    ).toEqual({
      Authorization: '[removed]',
      'x-api-key': '[removed]',
      OPENAI_API_KEY: '[removed]',
      nested: [{ access_token: '[removed]', audio: '[removed]', transcript: '[removed]', kept: 1 }],
      token: null,
    });
  });

  test('removes what looks like a credential from sentences and errors', () => {
    const cause = new Error('sent Bearer abcdefghijk');

    expect(
      redact({ error: new Error('key sk-proj-abcdefgh was refused', { cause }) }),
    ).toMatchObject({
      error: { message: 'key [removed] was refused', cause: { message: 'sent [removed]' } },
    });
  });

  test('survives cycles, bytes, big numbers and long texts', () => {
    const cycle: Record<string, unknown> = { bytes: new Uint8Array(5), big: 5n };
    cycle['self'] = cycle;

    expect(JSON.stringify(redact({ cycle, long: 'x'.repeat(9999) })).length).toBeLessThan(2500);
  });
});
