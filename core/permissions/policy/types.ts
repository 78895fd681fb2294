import type { FileSystemPath } from '../../protocol/index.ts';
import type { Access } from '../access/index.ts';

/** A place, as it is named, and what may be done there. */
export type FileSetEntry = { readonly path: FileSystemPath; readonly access: Access };

/** Places that mean something else for each turn, and what may be done there. */
export type FileSet = {
  readonly entries: readonly FileSetEntry[];
  /** How many levels below the fixed part of a pattern are looked at; absent: all. */
  readonly globScanMaxDepth?: number;
};

export type FilePolicy =
  | { readonly kind: 'unrestricted' }
  /** Somebody else sees to it. */
  | { readonly kind: 'external' }
  | (FileSet & { readonly kind: 'restricted' });

export type NetworkPolicy = {
  readonly enabled: boolean;
  /** Which hosts, sockets and methods, where that is said; the rest is closed. */
  readonly mode?: 'full' | 'limited';
  readonly domains?: Readonly<Record<string, 'allow' | 'deny'>>;
  readonly unixSockets?: Readonly<Record<string, 'allow' | 'deny'>>;
};

/** What a thread may touch, before a turn says where it works. */
export type PermissionPolicy = {
  readonly files: FilePolicy;
  readonly network: NetworkPolicy;
  /** Work folders beside those of the turn. */
  readonly workspaceRoots: readonly string[];
};
