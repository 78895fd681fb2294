import { randomUUID } from 'node:crypto';
import { closeSync, openSync, rmSync, statSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

import { ensurePrivateFolderSync, PRIVATE_FILE_MODE } from '../../platform/index.ts';

/** Bytes that a child can open by a name, as long as they are held. */
export type Handover = { readonly path: string; dispose(): void };

/**
 * Puts bytes where a child finds them, and nobody else: in a file without a name, by this process's open files. What
 * is in them decides what a command may do, and a file with a name could be changed by another one.
 */
export function handOver(bytes: Uint8Array, folder: string): Handover {
  ensurePrivateFolderSync(folder);
  const file = join(folder, randomUUID());
  const descriptor = openSync(file, 'wx', PRIVATE_FILE_MODE);
  let isOpen = true;
  const dispose = (): void => {
    if (!isOpen) return;
    isOpen = false;
    closeSync(descriptor);
    rmSync(file, { force: true });
  };
  try {
    for (let at = 0; at < bytes.byteLength;) at += writeSync(descriptor, bytes, at);
    if (!hasOpenFiles()) return { path: file, dispose };
    unlinkSync(file);
    return { path: `/proc/${String(process.pid)}/fd/${String(descriptor)}`, dispose };
  } catch (error) {
    dispose();
    throw error;
  }
}

/** A process that may not be looked into shows its open files to the administrator alone. */
const hasOpenFiles = (): boolean =>
  statSync('/proc/self/fd', { throwIfNoEntry: false })?.uid === process.geteuid?.();
