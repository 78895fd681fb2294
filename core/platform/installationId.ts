import { randomUUID } from 'node:crypto';
import { closeSync, fsync, linkSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { errorText, hasCode, ProductError } from '../base/index.ts';
import { draftPath, ensurePrivateFolderSync, PRIVATE_FILE_MODE } from './files.ts';

const syncToDisk = promisify(fsync);

/** The installation id can neither be read nor made. */
export class InstallationIdError extends ProductError {
  readonly code = 'installationId';
  readonly retryable = false;
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * The UUID of this installation, made once and then the same for ever. First starts that run
 * at the same time agree on one id. Throws InstallationIdError naming the file.
 */
export async function installationId(home: string): Promise<string> {
  const path = join(home, 'installation_id');
  try {
    return readId(path) ?? (await createId(home, path));
  } catch (error) {
    if (error instanceof InstallationIdError) throw error;
    throw new InstallationIdError(
      `The installation id ${path} cannot be used: ${errorText(error)}.`,
      { cause: error },
    );
  }
}

function readId(path: string): string | undefined {
  let content: string;
  try {
    content = readFileSync(path, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
  const id = content.trim();
  if (UUID.test(id)) return id;
  throw new InstallationIdError(
    `The installation id ${path} does not hold a UUID; delete the file and a new one is made.`,
  );
}

/**
 * Waits for the disk once. What the system does in memory is done at once, because an engine that starts
 * is so busy that each step more would take milliseconds, and the first request waits for the last.
 */
async function createId(home: string, path: string): Promise<string> {
  ensurePrivateFolderSync(home);
  const id = randomUUID();
  const draft = draftPath(path);
  try {
    await writeDurably(draft, id);
    publish(draft, path, id);
    return id;
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
    // Another process was first; its file is complete, so its id is the one to use.
    const winner = readId(path);
    if (winner !== undefined) return winner;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

async function writeDurably(path: string, content: string): Promise<void> {
  const file = openSync(path, 'wx', PRIVATE_FILE_MODE);
  try {
    writeFileSync(file, content);
    await syncToDisk(file);
  } finally {
    closeSync(file);
  }
}

/** A link appears with its whole content or not at all, which a plain exclusive create cannot promise. */
function publish(draft: string, path: string, id: string): void {
  try {
    linkSync(draft, path);
  } catch (error) {
    if (hasCode(error, 'EEXIST')) throw error;
    // Some file systems have no hard links (exFAT, a few network shares).
    writeFileSync(path, id, { flag: 'wx', mode: PRIVATE_FILE_MODE });
  }
}
