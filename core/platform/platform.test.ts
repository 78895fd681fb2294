import {
  existsSync,
  mkdtempDisposableSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { ManualClock } from '../base/testing/index.ts';
import {
  createIdSource,
  currentDirectory,
  ensurePrivateFolder,
  ensurePrivateFolderSync,
  installationId,
  InstallationIdError,
  resolveHome,
  systemClock,
  writeFileAtomic,
} from './index.ts';

let folder: ReturnType<typeof mkdtempDisposableSync>;
let home: string;

beforeEach(() => {
  folder = mkdtempDisposableSync(join(tmpdir(), 'platform-'));
  home = join(folder.path, 'home');
});

afterEach(() => {
  vi.restoreAllMocks();
  folder.remove();
});

describe('ids', () => {
  test('strictly increase within a millisecond and when the clock is set back', () => {
    const clock = new ManualClock();
    const newId = createIdSource(clock);
    const ids = Array.from({ length: 5000 }, () => newId());
    clock.advance(-60_000);
    ids.push(newId());

    expect(ids.toSorted()).toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('are version 7 UUIDs of the time they were made', () => {
    const id = createIdSource({ nowMs: () => 0x0123456789ab })();

    expect(id).toMatch(/^01234567-89ab-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });
});

describe('the system clock', () => {
  test('never calls back synchronously and not at all once cancelled', async () => {
    const fired: string[] = [];
    systemClock.after(0, () => fired.push('cancelled')).cancel();
    const { promise, resolve } = Promise.withResolvers<void>();
    systemClock.after(-5, () => {
      fired.push('past');
      resolve();
    });
    expect(fired).toEqual([]);
    await promise;

    expect(fired).toEqual(['past']);
  });
});

describe('the system clock on long delays', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  test('waits for them in full, and for ever if need be', () => {
    const fired: string[] = [];
    systemClock.after(3_000_000_000, () => fired.push('in a month'));
    systemClock.after(Infinity, () => fired.push('never'));
    const cancelled = systemClock.after(3_000_000_000, () => fired.push('cancelled'));
    vi.advanceTimersByTime(2_999_999_999);
    expect(fired).toEqual([]);
    cancelled.cancel();
    vi.advanceTimersByTime(1);

    expect(fired).toEqual(['in a month']);
  });
});

describe('the home folder', () => {
  test.for([
    [{ PARLEY_HOME: '/p', CODEX_HOME: '/c' }, '/p'],
    [{ PARLEY_HOME: '', CODEX_HOME: '/c' }, '/c'],
    [{}, join(homedir(), '.parley')],
    [{ PARLEY_HOME: 'relative' }, join(process.cwd(), 'relative')],
  ] as const)('of %j is %s', ([env, expected]) => {
    expect(resolveHome(env)).toBe(expected);
  });

  test('is found although the folder the process runs in has been deleted', () => {
    vi.spyOn(process, 'cwd').mockImplementation(() => {
      throw new Error('ENOENT: no such file or directory, uv_cwd');
    });

    expect(currentDirectory()).toBe(homedir());
    expect(resolveHome({ PARLEY_HOME: '/p' })).toBe('/p');
    expect(resolveHome({ PARLEY_HOME: 'relative' })).toBe(join(homedir(), 'relative'));
  });
});

describe('the installation id', () => {
  test('is one and the same for starts at the same time and later', async () => {
    const first = await Promise.all(Array.from({ length: 20 }, () => installationId(home)));
    const later = await installationId(home);

    expect(new Set([...first, later]).size).toBe(1);
    expect(readdirSync(home), 'no drafts are left').toEqual(['installation_id']);
    expect(statSync(join(home, 'installation_id')).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(home, 'installation_id'), 'utf8')).toBe(later);
  });

  test('is taken as it is from another product that made it', async () => {
    const id = 'C2D7B4F4-4E1B-4C5E-9D4C-6A4B3B0B1A2F';
    await writeFileAtomic(join(home, 'installation_id'), `${id}\n`);

    expect(await installationId(home)).toBe(id);
  });

  test.for(['', 'not-a-uuid'])(
    'that is damaged is an error naming the file: %j',
    async (content) => {
      await writeFileAtomic(join(home, 'installation_id'), content);

      await expect(installationId(home)).rejects.toThrow(
        new InstallationIdError(
          `The installation id ${join(home, 'installation_id')} does not hold a UUID; ` +
            'delete the file and a new one is made.',
        ),
      );
    },
  );

  test('that cannot be made is an error naming the file', async () => {
    writeFileSync(home, 'a file where the folder should be');

    await expect(installationId(home)).rejects.toThrow(InstallationIdError);
  });
});

describe('an atomic write', () => {
  test('creates folders, replaces the file and leaves nothing else', async () => {
    const path = join(home, 'deep', 'file');
    await writeFileAtomic(path, 'old');
    await writeFileAtomic(path, 'new');

    expect(readFileSync(path, 'utf8')).toBe('new');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(home, 'deep'))).toEqual(['file']);
  });

  test('that fails leaves the old content and no draft', async () => {
    const path = join(home, 'taken');
    await writeFileAtomic(join(path, 'inside'), 'old');

    await expect(writeFileAtomic(path, 'new')).rejects.toThrow(/EISDIR|ENOTEMPTY|EEXIST|EPERM/);
    expect(readdirSync(home)).toEqual(['taken']);
  });
});

describe.each([
  ['at once', async (path: string) => ensurePrivateFolderSync(path)],
  ['meanwhile', async (path: string) => ensurePrivateFolder(path)],
])('a private folder made %s', (_, ensure) => {
  test('comes with its parents, is for the user alone, and may be there already', async () => {
    const path = join(home, 'a', 'b');
    await ensure(path);
    await ensure(path);

    expect(statSync(path).mode & 0o777).toBe(0o700);
    expect(statSync(home).mode & 0o777).toBe(0o700);
  });

  test('is refused where a file is in the way', async () => {
    await writeFileAtomic(home, 'a file');

    await expect(ensure(home)).rejects.toThrow('EEXIST');
    await expect(ensure(join(home, 'a', 'b'))).rejects.toThrow('ENOTDIR');
  });

  // Node's own recursive one tries there for ever.
  test.runIf(existsSync('/proc/self'))('is refused below /proc', async () => {
    await expect(ensure('/proc/none/a')).rejects.toThrow('ENOENT');
  });
});
