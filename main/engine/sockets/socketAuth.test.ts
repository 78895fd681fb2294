import { execFileSync } from 'node:child_process';
import { createHash, createHmac } from 'node:crypto';
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { readSocketAuth, type SocketAuthFlags } from './socketAuth.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-auth-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const SECRET = 's'.repeat(32);
const NOW_MS = 1_800_000_000_000;
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

async function secretFile(name: string, content: string, mode = 0o600): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, content);
  await chmod(file, mode);
  return file;
}

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

function signed(claims: object, alg = 'HS256', secret = SECRET, more: object = {}): string {
  const body = `${part({ alg, typ: 'JWT', ...more })}.${part(claims)}`;
  return `${body}.${createHmac('sha256', secret).update(body).digest('base64url')}`;
}

describe('a capability token', () => {
  test('is what stands in its file, or what hashes to the digest', async () => {
    const file = await secretFile('token', 'right\n');
    for (const flags of [{ wsTokenFile: file }, { wsTokenSha256: sha256('right') }]) {
      const isOwner = await readSocketAuth({ wsAuth: 'capability-token', ...flags });
      expect([isOwner?.('right', 0), isOwner?.('wrong', 0), isOwner?.('', 0)]).toEqual([
        true,
        false,
        false,
      ]);
    }
  });

  test('is made where its file is missing, for its owner alone, and kept', async () => {
    const file = join(folder, 'made');
    const flags = { wsAuth: 'capability-token', wsTokenFile: file };
    await readSocketAuth(flags);
    const token = (await readFile(file, 'utf8')).trim();

    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(token.length).toBeGreaterThan(40);
    expect((await readSocketAuth(flags))?.(token, 0)).toBe(true);
  });
});

test.skipIf(process.platform === 'win32')(
  'a pipe in the place of a secret is refused, not waited for',
  async () => {
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', ['-m', '600', pipe]);
    const readings = [
      readSocketAuth({ wsAuth: 'capability-token', wsTokenFile: pipe }),
      readSocketAuth({ wsAuth: 'signed-bearer-token', wsSharedSecretFile: pipe }),
    ];
    const refused = expect.objectContaining({
      message: `${pipe} cannot be read: it is no ordinary file.`,
    }) as unknown;
    expect(await Promise.allSettled(readings)).toEqual([
      { status: 'rejected', reason: refused },
      { status: 'rejected', reason: refused },
    ]);
  },
);

describe('a signed token', () => {
  const good = { exp: NOW_MS / 1000 + 60, iss: 'us', aud: 'parley' };

  test.each<[string, string, boolean]>([
    ['that is good', signed(good), true],
    ['for several', signed({ ...good, aud: ['x', 'parley'] }), true],
    ['within the clock skew', signed({ ...good, exp: NOW_MS / 1000 - 5 }), true],
    ['that has expired', signed({ ...good, exp: NOW_MS / 1000 - 11 }), false],
    ['that never expires', signed({ iss: 'us', aud: 'parley' }), false],
    ['that is not valid yet', signed({ ...good, nbf: NOW_MS / 1000 + 11 }), false],
    ['of somebody else', signed({ ...good, iss: 'them' }), false],
    ['for somebody else', signed({ ...good, aud: 'them' }), false],
    ['with another secret', signed(good, 'HS256', 'x'.repeat(32)), false],
    ['that claims to need no signature', `${part({ alg: 'none' })}.${part(good)}.`, false],
    ['of another method', signed(good, 'HS512'), false],
    ['with a rule we do not know', signed(good, 'HS256', SECRET, { x: 1, crit: ['x'] }), false],
    ['whose rules are no list', signed(good, 'HS256', SECRET, { crit: null }), false],
    ['with a header we need not know', signed(good, 'HS256', SECRET, { kid: '1' }), true],
    ['with a tail', `${signed(good)}.x`, false],
    ['that is none', 'x', false],
    ['nested without an end', `${part({ alg: 'HS256' })}.${'W1tb'.repeat(9000)}.x`, false],
  ])('%s', async (_what, token, isGood) => {
    const isOwner = await readSocketAuth({
      wsAuth: 'signed-bearer-token',
      wsSharedSecretFile: await secretFile('secret', SECRET),
      wsIssuer: 'us',
      wsAudience: 'parley',
      wsMaxClockSkewSeconds: '10',
    });
    expect(isOwner?.(token, NOW_MS)).toBe(isGood);
  });
});

test.each<[SocketAuthFlags, RegExp]>([
  [{ wsAuth: 'magic' }, /^--ws-auth is capability-token or signed-bearer-token, not "magic"/u],
  [{ wsIssuer: 'us' }, /^The --ws flags need --ws-auth/u],
  [{ wsAuth: 'capability-token' }, /needs --ws-token-file or --ws-token-sha256/u],
  [{ wsAuth: 'capability-token', wsTokenSha256: 'abc' }, /64 hexadecimal digits/u],
  [{ wsAuth: 'capability-token', wsTokenFile: '/x', wsTokenSha256: 'x' }, /not both/u],
  [{ wsAuth: 'capability-token', wsTokenFile: 'relative' }, /takes an absolute path/u],
  [
    { wsAuth: 'capability-token', wsTokenFile: '/x', wsIssuer: 'us' },
    /belong to --ws-auth signed/u,
  ],
  [{ wsAuth: 'signed-bearer-token' }, /needs --ws-shared-secret-file/u],
  [{ wsAuth: 'signed-bearer-token', wsTokenFile: '/x' }, /belong to --ws-auth capability/u],
  [{ wsAuth: 'signed-bearer-token', wsSharedSecretFile: '/no/such' }, /There is no shared secret/u],
])('%o is refused in one sentence', async (flags, words) => {
  await expect(readSocketAuth(flags)).rejects.toMatchObject({
    exitCode: 2,
    message: expect.stringMatching(words) as string,
  });
});

test('a file that others can read, and a secret that is too short, are refused', async () => {
  const open = await secretFile('open', 'right', 0o644);
  await expect(readSocketAuth({ wsAuth: 'capability-token', wsTokenFile: open })).rejects.toThrow(
    /Other users can read .*chmod 600/u,
  );
  const short = await secretFile('short', 'x');
  await expect(
    readSocketAuth({ wsAuth: 'signed-bearer-token', wsSharedSecretFile: short }),
  ).rejects.toThrow(/32 bytes at least/u);
});
