import { spawn } from 'node:child_process';
import process from 'node:process';

import { browserCommand } from '../shell/index.ts';

/** Shows an address in the user's browser, where there is one; that it fails is told by nothing happening. */
export function openBrowser(address: string): void {
  const opening = browserCommand(address, process);
  if (opening === undefined) return;
  const child = spawn(opening.command, opening.args, {
    detached: true,
    stdio: 'ignore',
    windowsHide: true,
  });
  // The address has been printed, and stays good.
  child.on('error', () => undefined);
  child.unref();
}
