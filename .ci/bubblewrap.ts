import { existsSync } from 'node:fs';
import process from 'node:process';

import { canInstallDebianPackages, installDebianPackage } from './debian.ts';

/** Where systems put it, and where Parley looks. */
const PROGRAM = '/usr/bin/bwrap';

/** What there is on this machine, and what may be done about it; tests pass their own. */
export type BubblewrapLook = {
  readonly platform: NodeJS.Platform;
  readonly isInstalled: () => boolean;
  readonly canInstall: boolean;
  readonly install: () => string | undefined;
};

const machine: BubblewrapLook = {
  platform: process.platform,
  isInstalled: () => existsSync(PROGRAM),
  canInstall: canInstallDebianPackages(),
  install: () => installDebianPackage('bubblewrap'),
};

/**
 * Sees to the program that commands are sandboxed with on Linux: installs it where that is ours to do. One line on
 * what is missing otherwise; `undefined` when it is there.
 */
export function ensureBubblewrap(look: BubblewrapLook = machine): string | undefined {
  const { platform, isInstalled, canInstall, install } = look;
  if (platform !== 'linux' || isInstalled()) return undefined;
  if (!canInstall) {
    return 'bubblewrap is not installed; the tests of the sandbox need it: sudo apt install bubblewrap';
  }
  const problem = install();
  if (problem === undefined && isInstalled()) return undefined;
  return `bubblewrap could not be installed: ${problem ?? `apt-get put no ${PROGRAM} there`}`;
}
