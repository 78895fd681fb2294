import { matchesDenyGlob } from '../../permissions/index.ts';

/** A pattern as a folder that is looked through, and what names below it have to be like, one after another. */
export type GlobPattern = {
  readonly pattern: string;
  /** The fixed part. */
  readonly folder: string;
  /** Undefined where the names cannot be told apart, as in `{a/b,c}`: then all is looked at. */
  readonly names: readonly NamePattern[] | undefined;
};

type NamePattern = 'any number' | ((name: string) => boolean);

/** How far into a pattern a path has come; several places at once, because `**` may end anywhere. */
export type Progress = readonly number[];

const SPECIAL = /[*?[\]{}\\]/u;

export function parsePattern(pattern: string): GlobPattern {
  const parts = pattern.split('/');
  const firstSpecial = parts.findIndex((part) => SPECIAL.test(part));
  const fixed = firstSpecial === -1 ? parts : parts.slice(0, firstSpecial);
  const rest = firstSpecial === -1 ? [] : parts.slice(firstSpecial);
  return {
    pattern,
    folder: fixed.join('/') || '/',
    names: rest.every(isWhole) ? rest.map(namePattern) : undefined,
  };
}

/** Where the braces and brackets that begin in a name end in it. */
const isWhole = (part: string): boolean =>
  count(part, '{') === count(part, '}') &&
  count(part, '[') === count(part, ']') &&
  !part.endsWith('\\');

const count = (text: string, letter: string): number => text.split(letter).length - 1;

const namePattern = (part: string): NamePattern =>
  part === '**' ? 'any number' : (name) => matchesDenyGlob(part, name);

export const BEGINNING: Progress = [0];

/** After one more name; empty where nothing below it can match. */
export function advance(names: readonly NamePattern[], progress: Progress, name: string): Progress {
  const next = new Set<number>();
  for (const at of reachable(names, progress)) {
    const wanted = names[at];
    if (wanted === 'any number') next.add(at);
    else if (wanted?.(name) === true) next.add(at + 1);
  }
  return reachable(names, Array.from(next)).toSorted((a, b) => a - b);
}

/** With what can be reached without a name: `**` may stand for none. */
function reachable(names: readonly NamePattern[], progress: Progress): Progress {
  const all = new Set(progress);
  for (const at of all) if (names[at] === 'any number') all.add(at + 1);
  return Array.from(all);
}

/** Whether a name of a folder on the way counts, so that a match would be none under another. */
export const countsFolders = ({ names }: GlobPattern): boolean =>
  names === undefined || names.slice(0, -1).some((name) => name !== 'any number');
