import type { FileEntry, RestrictedFiles } from '../../permissions/index.ts';
import {
  isWithin,
  type Located,
  locate,
  type PathLink,
  type RawPath,
  rawPath,
} from '../paths/index.ts';
import { gitFolders } from './gitPointer.ts';

/** Somewhere on the disk for which the permissions say something of its own; links are followed. */
export type Place = {
  readonly path: RawPath;
  readonly access: 'read' | 'write' | 'deny';
  /** Where nothing is, `path` is the first name that is missing. */
  readonly kind: 'folder' | 'file' | 'missing';
};

export type Places = {
  readonly places: readonly Place[];
  /** Links on the way to a place that is open. */
  readonly links: readonly PathLink[];
  /** Links on the way to any that a command may turn elsewhere. */
  readonly turnable: readonly PathLink[];
};

/** Where folders led that may be written, when they were first met through a link that commands may turn. */
export type FirstMet = Map<string, RawPath>;

/** What counts where two names lead to one place, the highest first. */
const RANKS = { deny: 3, protected: 2, write: 1, read: 0 } as const;

type Rule = {
  readonly named: FileEntry;
  readonly rank: keyof typeof RANKS;
  readonly located: Located;
};

/** Looks up where on the disk the entries lie. What is a placeholder of ours is not there. */
export function findPlaces(
  files: RestrictedFiles,
  firstMet: FirstMet,
  isPlaceholder: (path: RawPath) => boolean,
): Places {
  const rules = [...entryRules(files), ...protectedRules(files)];
  const writable = rules.flatMap(({ named, located }) =>
    named.access === 'write' && located.kind === 'folder' ? [located.path] : [],
  );
  const isTurnable = ({ path }: PathLink): boolean =>
    writable.some((folder) => path !== folder && isWithin(path, folder));
  const found = new Map<RawPath, { readonly place: Place; readonly rank: number }>();
  for (const { named, rank, located } of rules) {
    const { path, kind } = located;
    if (kind === 'unreachable') continue;
    if (named.access === 'write' && !isWhatWasMeant(named, located, isTurnable, firstMet)) continue;
    const known = found.get(path);
    if (known !== undefined && known.rank >= RANKS[rank]) continue;
    const place: Place = {
      path,
      access: named.access,
      kind: isPlaceholder(path) ? 'missing' : kind,
    };
    found.set(path, { place, rank: RANKS[rank] });
  }
  return {
    places: Array.from(found.values(), ({ place }) => place),
    links: linksOf(rules.filter(({ named }) => named.access !== 'deny')),
    turnable: linksOf(rules).filter(isTurnable),
  };
}

const linksOf = (rules: readonly Rule[]): readonly PathLink[] =>
  Array.from(
    new Map(
      rules.flatMap(({ located }) => located.links.map((link) => [link.path, link])),
    ).values(),
  );

const entryRules = ({ entries }: RestrictedFiles): readonly Rule[] =>
  entries.map((named) => ({ named, rank: named.access, located: locate(rawPath(named.path)) }));

/** An entry that names the very same path replaces the protection. */
function protectedRules({ entries, protectedPaths }: RestrictedFiles): readonly Rule[] {
  const named = new Set(entries.map(({ path }) => path));
  return protectedPaths
    .filter((path) => !named.has(path))
    .flatMap((path) => {
      const located = locate(rawPath(path));
      const pointed =
        located.kind === 'file' && path.endsWith('/.git') ? gitFolders(located.path) : [];
      return [located, ...pointed.map(locate)].map((each): Rule => ({
        named: { path, access: 'read' },
        rank: 'protected',
        located: each,
      }));
    });
}

/**
 * Whether a folder that may be written is the one people had in mind: the one of their consent, and, where commands
 * can turn a link on the way to it, the one that it led to at first.
 */
function isWhatWasMeant(
  { path: name, realPath }: FileEntry,
  { path, links }: Located,
  isTurnable: (link: PathLink) => boolean,
  firstMet: FirstMet,
): boolean {
  if (realPath !== undefined) return path === rawPath(realPath);
  if (!links.some(isTurnable)) return true;
  const met = firstMet.get(name) ?? path;
  firstMet.set(name, met);
  return path === met;
}
