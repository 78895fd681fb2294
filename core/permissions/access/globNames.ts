// Apart from the matcher, which is large: a start writes and reads patterns and matches none.

/** What stands for more than itself in a pattern. */
const MAGIC = /[*?[\]{}\\]/gu;

/** A pattern that matches this path and nothing else. */
export const escapeGlob = (path: string): string =>
  path.replaceAll(MAGIC, (letter) => `\\${letter}`);

/** The folder in which all lies that an absolute pattern can match. */
export function globFolder(pattern: string): string {
  const parts = pattern.split('/');
  const fixed = parts.slice(0, -1).findIndex((part) => hasMagic(part));
  const folder = parts.slice(0, fixed === -1 ? -1 : fixed).join('/');
  return folder === '' ? '/' : folder.replaceAll(/\\(.)/gu, '$1');
}

/** Whether something in it stands for more than itself, a backslash in front of it taken into account. */
const hasMagic = (pattern: string): boolean => /(?<!\\)(?:\\\\)*[*?[\]{]/u.test(pattern);
