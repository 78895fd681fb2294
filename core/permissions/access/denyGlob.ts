import picomatch from 'picomatch';

const matchers = new Map<string, (path: string) => boolean>();
/** More patterns than any profile has; those of profiles that are no longer in use make way. */
const MAX_MATCHERS = 500;
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
