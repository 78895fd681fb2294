/** What may be done with a file; to write it includes to read it. */
export type Access = 'read' | 'write' | 'deny';

/** A place and what may be done there and below, as far as no narrower entry says otherwise. */
export type FileEntry = {
  readonly path: string;
  readonly access: Access;
  /**
   * Where `path` led when people consented to it. An entry whose path leads elsewhere by now was not consented to,
   * and is dropped by whoever opens files. Absent for what settings say.
   */
  readonly realPath?: string;
};

/** Entries and patterns that decide; what none of them names is closed. */
export type RestrictedFiles = {
  readonly kind: 'restricted';
  /** Canonical: sorted by path, one per path. */
  readonly entries: readonly FileEntry[];
  /** Absolute patterns, sorted: nobody reads or writes what matches, whatever the entries say. */
  readonly denyGlobs: readonly string[];
  /** How many levels below the fixed part of a pattern are looked at; absent: all. */
  readonly globScanMaxDepth?: number;
  /** What below a place that may be written never may, whether it is there or not; sorted. */
  readonly protectedPaths: readonly string[];
};

/** What of the disk may be touched. */
export type FileRules =
  | { readonly kind: 'unrestricted' }
  /** Somebody else sees to it. */
  | { readonly kind: 'external' }
  | RestrictedFiles;

/** What commands and patches of one turn may touch. Paths are absolute and logical: no symbolic link is resolved. */
export type ResolvedPermissions = {
  readonly files: FileRules;
  readonly network: 'restricted' | 'enabled';
};
