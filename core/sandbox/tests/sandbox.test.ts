import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { ordinaryUser, Place, type SandboxUser, thisUser } from '../testing/index.ts';
import { type Attempt, DENY_GLOBS, ESCAPES, PROTECTED } from './attempts.ts';

const isLinux = process.platform === 'linux';
const isRoot = process.geteuid?.() === 0;

const USERS = [
  { name: 'as whoever runs the tests', start: () => Promise.resolve(thisUser()), isPossible: true },
  // Only an administrator can start a process of somebody else.
  { name: 'as a user without rights', start: ordinaryUser, isPossible: isRoot },
];

async function attempt(place: Place, { arrange, permissions, script }: Attempt): Promise<string> {
  if (arrange !== undefined) await place.arrange(arrange);
  const ran = await place.run(script, place.permissions(permissions?.(place)));
  return 'refused' in ran ? `refused: ${ran.refused}` : ran.output;
}

async function stateAfter(place: Place, { check }: Attempt): Promise<string> {
  return check === undefined ? '' : place.look(check.script);
}

describe.runIf(isLinux).each(USERS.filter(({ isPossible }) => isPossible))('$name', ({ start }) => {
  let user: SandboxUser;
  beforeAll(async () => {
    user = await start();
  });
  afterAll(async () => {
    await user[Symbol.asyncDispose]();
  });

  test('a command works in its folder and reads the disk', async () => {
    using place = new Place(user);

    const ran = await place.run('echo made > file; cat file; head -c 4 /etc/passwd; pwd');

    expect(ran).toMatchObject({ exitCode: 0, output: `made\nroot${place.workspace}\n` });
    expect(readFileSync(join(place.workspace, 'file'), 'utf8')).toBe('made\n');
  });

  test('nothing is left behind', async () => {
    using place = new Place(user);

    await place.run('true');

    expect(readdirSync(place.workspace)).toEqual([]);
    expect(readdirSync(join(place.home, 'sandbox'))).toEqual([]);
  });

  describe.each([
    { what: 'no way leads out', attempts: ESCAPES },
    { what: 'protected names', attempts: PROTECTED },
    { what: 'patterns close', attempts: DENY_GLOBS },
  ])('$what', ({ attempts }) => {
    test.for(attempts)('$name', async (tried) => {
      using place = new Place(user);

      expect(await attempt(place, tried)).toMatch(tried.says);
      expect(await stateAfter(place, tried)).toMatch(tried.check?.says ?? /^$/u);
    });
  });
});
