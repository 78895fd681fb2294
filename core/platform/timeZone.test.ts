import { symlink } from 'node:fs/promises';
import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { systemTimeZone } from './index.ts';

const { timeZone } = Intl.DateTimeFormat().resolvedOptions();

test('the zone of this system is the one Intl names', () => {
  expect(systemTimeZone()).toBe(timeZone);
});

test.skipIf(process.platform === 'win32' || process.env['TZ'] !== undefined).each([
  ['/usr/share/zoneinfo/Europe/Zurich', 'Europe/Zurich'],
  ['/usr/share/zoneinfo/America/Argentina/Buenos_Aires', 'America/Argentina/Buenos_Aires'],
  ['../usr/share/zoneinfo/posix/Asia/Tokyo', 'Asia/Tokyo'],
  ['/usr/share/zoneinfo/Etc/UTC', 'UTC'],
  ['/somewhere/else', timeZone],
])('a link to %s is %s', async (target, zone) => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'parley-zone-'));
  const link = join(folder.path, 'localtime');
  await symlink(target, link);
  expect(systemTimeZone(link)).toBe(zone);
  expect(systemTimeZone(join(folder.path, 'none'))).toBe(timeZone);
});
