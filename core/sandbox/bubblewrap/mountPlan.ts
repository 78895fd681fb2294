import type { Match } from '../denyGlobs/index.ts';
import { depthOf, isWithin, parentOf, type RawPath, rawPath } from '../paths/index.ts';
import type { Place, Places } from './places.ts';

/** One step of making the view of the disk that a command gets. */
export type Mount =
  | { readonly kind: 'bind'; readonly path: RawPath; readonly isWritable: boolean }
  /** Nothing is there, and nothing is to be made there either. */
  | { readonly kind: 'hold'; readonly path: RawPath }
  | { readonly kind: 'maskFile'; readonly path: RawPath }
  /** An empty folder instead; one may pass through where something below is open. */
  | { readonly kind: 'maskFolder'; readonly path: RawPath; readonly isPassage: boolean }
  | { readonly kind: 'link'; readonly path: RawPath; readonly target: RawPath }
  /** The kernel's own folders. */
  | { readonly kind: 'system' }
  /** What was made up becomes unwritable, once all that lies in it is in its place. */
  | { readonly kind: 'seal'; readonly path: RawPath };

export type MountRequest = Pick<Places, 'places' | 'links'> & {
  readonly matches: readonly Match[];
};

type Site = Place & {
  /** Mounted though nothing changes by it: what is a mount cannot be renamed. */
  readonly isPin?: boolean;
};
type Sites = ReadonlyMap<RawPath, Site>;

const ROOT = rawPath('/');
const PROC = rawPath('/proc');
const DEV = rawPath('/dev');

/**
 * The steps, each hiding what an earlier one put in the same place: so the shallow come first, and the narrowest
 * entry decides, as the permissions have it.
 */
export function planMounts({ places, links, matches }: MountRequest): readonly Mount[] {
  const sites = sitesOf(places, matches);
  const ordered = byDepth(sites.values());
  const mounts = ordered.flatMap((site) => mountOf(site, sites));
  const base = sites.get(ROOT);
  const isOpen = base !== undefined && base.access !== 'deny';
  return [
    ...(isOpen ? [bind(base)] : []),
    { kind: 'system' },
    ...mounts,
    ...links
      .filter(({ path }) => !isKernels(path) && accessAround(path, sites) === 'deny')
      .map(({ path, target }): Mount => ({ kind: 'link', path, target })),
    ...mounts.flatMap(({ kind, path }): Mount[] =>
      kind === 'maskFolder' ? [{ kind: 'seal', path }] : [],
    ),
    ...(isOpen ? [] : [{ kind: 'seal', path: ROOT } as const]),
  ];
}

type SiteMount = Exclude<Mount, { readonly kind: 'system' }>;

function mountOf(site: Site, sites: Sites): readonly SiteMount[] {
  const { path, kind, access, isPin = false } = site;
  if (path === ROOT) return [];
  const around = accessAround(path, sites);
  switch (kind) {
    case 'missing':
      return access !== 'write' && around === 'write' ? [{ kind: 'hold', path }] : [];
    case 'file':
    case 'folder':
      if (access === around && !isPin) return [];
      if (access !== 'deny') return [bind(site)];
      if (kind === 'file') return [{ kind: 'maskFile', path }];
      return [{ kind: 'maskFolder', path, isPassage: isPassage(path, sites) }];
  }
}

const bind = ({ path, access }: Site): SiteMount => ({
  kind: 'bind',
  path,
  isWritable: access === 'write',
});

/** What a command may do with the folder that holds something, by the nearest site around it. */
function accessAround(path: RawPath, sites: Sites): Place['access'] {
  for (let folder = parentOf(path); ; folder = parentOf(folder)) {
    const site = sites.get(folder);
    if (site !== undefined && site.kind !== 'missing') return site.access;
    if (folder === ROOT) return 'deny';
  }
}

const isPassage = (folder: RawPath, sites: Sites): boolean =>
  sites
    .values()
    .some(
      ({ path, kind, access }) =>
        kind !== 'missing' && access !== 'deny' && path !== folder && isWithin(path, folder),
    );

/** What the kernel makes up for each command anew; the machine's own is never shown. */
const isKernels = (path: RawPath): boolean => path === DEV || isWithin(path, PROC);

function sitesOf(places: readonly Place[], matches: readonly Match[]): Sites {
  const closed = new Set(matches.map(({ path }) => path));
  const sites = new Map<RawPath, Site>();
  for (const place of places) {
    // What a pattern closes no entry opens.
    if (!isKernels(place.path) && !isBelowOneOf(place.path, closed)) sites.set(place.path, place);
  }
  for (const { path, kind } of matches) sites.set(path, { path, kind, access: 'deny' });
  for (const { path, access } of places) if (access !== 'write') keepNames(parentOf(path), sites);
  for (const { keptFolder } of matches) keepNames(keptFolder, sites);
  return sites;
}

function isBelowOneOf(path: RawPath, folders: ReadonlySet<RawPath>): boolean {
  if (folders.size === 0) return false;
  for (let folder = path; ; folder = parentOf(folder)) {
    if (folders.has(folder)) return true;
    if (folder === ROOT) return false;
  }
}

/**
 * Folders that may be written are pinned where something in them is held under its name: renamed, they would take it
 * along, and the next command would find the name free and the thing itself open.
 */
function keepNames(deepest: RawPath, sites: Map<RawPath, Site>): void {
  let inDoubt: RawPath[] = [];
  const kept: RawPath[] = [];
  for (let folder = deepest; folder !== ROOT; folder = parentOf(folder)) {
    const site = sites.get(folder);
    inDoubt.push(folder);
    if (site === undefined) continue;
    if (site.access !== 'write') break;
    kept.push(...inDoubt);
    inDoubt = [];
  }
  if (sites.get(ROOT)?.access === 'write') kept.push(...inDoubt);
  for (const folder of kept) {
    sites.set(folder, { path: folder, kind: 'folder', access: 'write', isPin: true });
  }
}

const byDepth = (sites: Iterable<Site>): readonly Site[] =>
  Array.from(sites).toSorted((one, other) => depthOf(one.path) - depthOf(other.path));
