import { randomUUID } from 'node:crypto';
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { errorText, hasCode, ProductError } from '../base/index.ts';
import { draftPath, ensurePrivateFolder, PRIVATE_FILE_MODE, writeDraft } from './files.ts';

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
    return (await readId(path)) ?? (await createId(home, path));
  } catch (error) {
    if (error instanceof InstallationIdError) throw error;
    throw new InstallationIdError(
      `The installation id ${path} cannot be used: ${errorText(error)}.`,
      { cause: error },
    );
  }
}

async function readId(path: string): Promise<string | undefined> {
  let content: string;
  try {
    content = await readFile(path, 'utf8');
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

async function createId(home: string, path: string): Promise<string> {
  await ensurePrivateFolder(home);
  const id = randomUUID();
  const draft = draftPath(path);
  try {
    await writeDraft(draft, id, PRIVATE_FILE_MODE);
    await publish(draft, path, id);
    return id;
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
    // Another process was first; its file is complete, so its id is the one to use.
    const winner = await readId(path);
    if (winner !== undefined) return winner;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

/** A link appears with its whole content or not at all, which a plain exclusive create cannot promise. */
async function publish(draft: string, path: string, id: string): Promise<void> {
  try {
    await link(draft, path);
  } catch (error) {
    if (hasCode(error, 'EEXIST')) throw error;
    // Some file systems have no hard links (exFAT, a few network shares).
    await writeFile(path, id, { flag: 'wx', mode: PRIVATE_FILE_MODE });
  }
}
