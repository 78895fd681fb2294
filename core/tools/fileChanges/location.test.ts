import {
  mkdirSync,
  mkdtempDisposableSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { realLocation, realName } from './location.ts';

test('where something written ends up is known before it is written', async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'location-'));
  const root = realpathSync(folder.path);
  const at = (...names: string[]): string => join(root, ...names);
  mkdirSync(at('real'));
  writeFileSync(at('real/file'), '');
  symlinkSync('real', at('folder'));
  symlinkSync('../missing/deep', at('real/dangling'));
  symlinkSync('b', at('a'));
  symlinkSync('a', at('b'));

  expect(await realLocation(at('real/file'))).toBe(at('real/file'));
  expect(await realLocation(at('folder/file'))).toBe(at('real/file'));
  expect(await realLocation(at('folder/new/deep'))).toBe(at('real/new/deep'));
  expect(await realLocation(at('folder/dangling'))).toBe(at('missing/deep'));
  expect(await realLocation(at('folder/dangling/more'))).toBe(at('missing/deep/more'));
  expect(await realLocation(at('real/file/below'))).toBe(at('real/file/below'));
  await expect(realLocation(at('a'))).rejects.toThrow('ELOOP');
  expect(await realName(at('folder/dangling'))).toBe(at('real/dangling'));
});
