import picomatch from 'picomatch';

const matchers = new Map<string, (path: string) => boolean>();
/** More patterns than any profile has; those of profiles that are no longer in use make way. */
const MAX_MATCHERS = 500;
/** What stands for more than itself in a pattern. */
const MAGIC = /[*?[\]{}\\]/gu;
/** Letters to everybody else and signs to the matcher; what is behind a backslash stays as it is. */
const LETTERS = /\\.|[()|]/gsu;

/**
 * Whether an absolute path matches a pattern: `*` ends at a separator and `**` does not, hidden files count as others,
 * and a bracket that is never closed is a letter. A pattern that cannot be understood matches everything.
 */
export function matchesDenyGlob(pattern: string, path: string): boolean {
  const known = matchers.get(pattern);
  if (known !== undefined) return known(path);
  if (matchers.size >= MAX_MATCHERS) matchers.clear();
  const matcher = compile(pattern);
  matchers.set(pattern, matcher);
  return matcher(path);
}

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

/** Ends with a backslash that has nothing to stand in front of. */
const isCutOff = (pattern: string): boolean => /(?<!\\)(?:\\\\)*\\$/u.test(pattern);

function compile(pattern: string): (path: string) => boolean {
  try {
    const literal = pattern.replaceAll(LETTERS, (sign) => (sign.length > 1 ? sign : `\\${sign}`));
    if (isCutOff(literal)) return () => true;
    const matcher = picomatch(literal, { dot: true, nonegate: true, noext: true });
    return (path) => matcher(path);
  } catch {
    return () => true;
  }
}
