import { posix } from 'node:path';

import type { FileEntry, ResolvedPermissions, RestrictedFiles } from '../../permissions/index.ts';
import { globRegex } from './globRegex.ts';

/** A policy as `sandbox-exec` takes it, and the values of its parameters. */
export type SeatbeltPolicy = {
  readonly text: string;
  readonly parameters: Readonly<Record<string, string>>;
};

/** What every program needs to start, to talk to its own children and to a terminal. */
const BASE = `(version 1)
(deny default)
(allow process-exec)
(allow process-fork)
(allow signal (target same-sandbox))
(allow process-info* (target same-sandbox))
(allow sysctl-read)
(allow ipc-posix-sem)
(allow pseudo-tty)
(allow file-read* file-write* file-ioctl (literal "/dev/ptmx") (regex #"^/dev/ttys[0-9]+$"))
(allow file-read* file-write-data (literal "/dev/null") (literal "/dev/zero") (literal "/dev/tty"))
(allow file-read* (literal "/dev/random") (literal "/dev/urandom"))
(allow file-read-metadata)
(allow mach-lookup
  (global-name "com.apple.system.opendirectoryd.libinfo")
  (global-name "com.apple.PowerManagement.control")
  (global-name "com.apple.cfprefsd.daemon")
  (global-name "com.apple.cfprefsd.agent"))`;

/** The internet, and the one local service that names of hosts are asked of; no other unix socket. */
const NETWORK = `(allow system-socket)
(allow network-outbound (remote ip))
(allow network-outbound (literal "/private/var/run/mDNSResponder"))
(allow network-inbound (local ip))
(allow network-bind (local ip))
(allow mach-lookup (global-name "com.apple.trustd.agent") (global-name "com.apple.SystemConfiguration.configd"))`;

type Rule = { readonly path: string; readonly access: FileEntry['access'] | 'protected' };

/**
 * The policy for macOS. The last rule that fits decides there, so the narrowest come last; rules are by path and hold
 * for what is made later, too. `realPathOf` follows links, because that is what the system compares.
 */
export function seatbeltPolicy(
  { files, network }: ResolvedPermissions,
  realPathOf: (path: string) => string,
): SeatbeltPolicy {
  const rules = files.kind === 'restricted' ? rulesOf(files, realPathOf) : [WHOLE_DISK];
  const parameters: Record<string, string> = {};
  const lines = rules.flatMap(({ path, access }, at) => {
    const name = `PATH_${String(at)}`;
    parameters[name] = path;
    return linesOf(access, `(subpath (param "${name}"))`, `(literal (param "${name}"))`);
  });
  const globs = files.kind === 'restricted' ? files.denyGlobs : [];
  return {
    text: [
      BASE,
      ...lines,
      ...globs.map((glob) => `(deny file-read* file-write* (regex #"${globRegex(glob)}"))`),
      ...(network === 'enabled' ? [NETWORK] : []),
      '',
    ].join('\n'),
    parameters,
  };
}

const WHOLE_DISK: Rule = { path: '/', access: 'write' };

function linesOf(access: Rule['access'], below: string, itself: string): readonly string[] {
  switch (access) {
    case 'write':
      return [`(allow file-read* file-write* ${below})`];
    case 'read':
      return [`(allow file-read* ${below})`, `(deny file-write* ${below})`];
    case 'protected':
      return [`(deny file-write* ${below})`];
    case 'deny':
      return [`(deny file-read* file-write* ${below})`, `(deny file-write-unlink ${itself})`];
  }
}

function rulesOf(files: RestrictedFiles, realPathOf: (path: string) => string): readonly Rule[] {
  const named = new Set(files.entries.map(({ path }) => path));
  const entries = files.entries.flatMap(({ path, access, realPath }): Rule[] => {
    const real = realPathOf(path);
    // It was not this folder that people consented to.
    const isOther = access === 'write' && realPath !== undefined && realPath !== real;
    return isOther ? [] : [{ path: real, access }];
  });
  const kept = files.protectedPaths
    .filter((path) => !named.has(path))
    .map((path): Rule => ({ path: realPathOf(path), access: 'protected' }));
  return [...entries, ...kept].toSorted(
    (one, other) => depthOf(one.path) - depthOf(other.path) || rank(one) - rank(other),
  );
}

const RANKS = { read: 0, write: 1, protected: 2, deny: 3 } as const;
const rank = ({ access }: Rule): number => RANKS[access];
const depthOf = (path: string): number =>
  path.split(posix.sep).filter((name) => name !== '').length;
