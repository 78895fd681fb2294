import { canonicalEntries, canonicalNames, escapeGlob, globFolder } from '../access/index.ts';
import type { PermissionGrant } from './types.ts';

/**
 * The grant, tied to the folders that its names lead to now: it names both, and a name that leads elsewhere later was
 * not consented to. `realPathOf` follows links as far as a path exists.
 */
export function bindGrant(
  grant: PermissionGrant,
  realPathOf: (path: string) => string,
): PermissionGrant {
  const bound = grant.entries.flatMap((entry) => {
    const realPath = realPathOf(entry.path);
    if (entry.access === 'deny') return [entry, { ...entry, path: realPath }];
    return [
      { ...entry, realPath },
      { ...entry, path: realPath, realPath },
    ];
  });
  const globs = grant.denyGlobs.map((pattern) => {
    const folder = globFolder(pattern);
    const written = escapeGlob(folder);
    const isPlain = pattern.startsWith(`${written}/`);
    return isPlain ? escapeGlob(realPathOf(folder)) + pattern.slice(written.length) : pattern;
  });
  return {
    ...grant,
    entries: canonicalEntries(bound),
    denyGlobs: canonicalNames([...grant.denyGlobs, ...globs]),
  };
}
