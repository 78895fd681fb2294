import { resolve } from 'node:path';

import { narrowest } from './narrowest.ts';
import type { RestrictedFiles } from './types.ts';

type Rules = Pick<RestrictedFiles, 'entries' | 'denyGlobs'>;

/** Whether all of the disk may be written: the root, and nothing anywhere may not. */
export const hasFullDiskWrite = ({ entries, denyGlobs }: Rules): boolean =>
  denyGlobs.length === 0 &&
  narrowest(entries, resolve('/'))?.access === 'write' &&
  entries.every(({ path }) => narrowest(entries, path)?.access === 'write');
