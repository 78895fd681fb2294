import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { ordinaryUser, Place, type SandboxUser, thisUser } from '../testing/index.ts';

const isLinux = process.platform === 'linux';
const isRoot = process.geteuid?.() === 0;

const USERS = [
  { name: 'as whoever runs the tests', start: () => Promise.resolve(thisUser()), isPossible: true },
  // Only an administrator can start a process of somebody else.
  { name: 'as a user without rights', start: ordinaryUser, isPossible: isRoot },
];

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
});
