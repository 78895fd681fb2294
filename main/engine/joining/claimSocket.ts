import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  linkSync,
  renameSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { setTimeout } from 'node:timers/promises';

import { errorText, hasCode } from '../../../core/base/index.ts';
import { ensurePrivateFolderSync, PRIVATE_FILE_MODE } from '../../../core/platform/index.ts';

/** A socket that is ours alone until it is released, or the process ends, however it ends. */
export type HeldSocket = {
  readonly kind: 'held';
  /** Hands out its connections paused, so that nothing is lost before somebody reads them. */
  readonly server: Server;
  /** Nobody finds it any more; connections that came in stay. Twice does nothing. */
  release(): void;
};

export type SocketClaim =
  | HeldSocket
  /** Another process listens there, as far as one can see. */
  | { readonly kind: 'taken' }
  /** No socket can be made there. */
  | { readonly kind: 'impossible'; readonly reason: string };

/** What the kernel takes for a socket's path, of every system that Parley runs on. */
const MAX_PATH_BYTES = 103;
/** It is a matter of a millisecond. */
const TAKEOVER_TIMEOUT_MS = 1000;
const TAKEOVER_RETRY_MS = 2;

/** Where the engine of a home is found; where clients of the peer look, too (app-server §1). */
export function socketPath(home: string): string {
  if (process.platform === 'win32') return pipeName(home);
  return join(home, 'app-server-control', 'app-server-control.sock');
}

/** Windows has a name space of its own for sockets, in which the system lets only one process have a name. */
const pipeName = (home: string): string =>
  `\\\\.\\pipe\\parley-${createHash('sha256').update(home.toLowerCase()).digest('hex').slice(0, 32)}`;

/**
 * Takes a socket at once or not at all. Of many processes one gets it: a socket gets its name only when it listens,
 * so a name behind which nobody listens is that of a dead process, and the name of a dead one is replaced
 * behind a lock, where it is looked at once more. Never throws.
 */
export async function claimSocket(path: string): Promise<SocketClaim> {
  try {
    return process.platform === 'win32' ? await claimPipe(path) : await claimFile(path);
  } catch (error) {
    return { kind: 'impossible', reason: errorText(error) };
  }
}

async function claimPipe(path: string): Promise<SocketClaim> {
  try {
    const server = await listen(path);
    return { kind: 'held', server, release: () => void server.close() };
  } catch (error) {
    if (hasCode(error, 'EADDRINUSE')) return { kind: 'taken' };
    throw error;
  }
}

async function claimFile(path: string): Promise<SocketClaim> {
  ensurePrivateFolderSync(dirname(path));
  const draft = join(dirname(path), `${randomBytes(4).toString('hex')}.new`);
  if (Buffer.byteLength(path) > MAX_PATH_BYTES || Buffer.byteLength(draft) > MAX_PATH_BYTES) {
    return { kind: 'impossible', reason: `the path ${path} is too long for a socket` };
  }
  const server = await listen(draft);
  let isNamed = false;
  try {
    chmodSync(draft, PRIVATE_FILE_MODE);
    isNamed = linkTo(draft, path) || (await takeOver(draft, path));
  } finally {
    if (!isNamed) server.close();
    removeFile(draft);
  }
  if (!isNamed) return { kind: 'taken' };
  const { ino } = statSync(path);
  return {
    kind: 'held',
    server,
    release: () => {
      if (!server.listening) return;
      // While we listen nobody else takes the name, unless somebody removed it by hand.
      if (statSync(path, { throwIfNoEntry: false })?.ino === ino) removeFile(path);
      server.close();
    },
  };
}

async function listen(path: string): Promise<Server> {
  const server = createServer({ pauseOnConnect: true });
  server.listen(path);
  await once(server, 'listening');
  // Whoever serves others only as well does not live for it.
  server.unref();
  return server;
}

/** Gives a file another name, too; false where somebody has that. */
function linkTo(file: string, name: string): boolean {
  try {
    linkSync(file, name);
    return true;
  } catch (error) {
    // A file system without links takes the other way, which looks first whether anybody is there.
    if (hasCode(error, 'EEXIST', 'EPERM', 'ENOTSUP', 'EOPNOTSUPP')) return false;
    throw error;
  }
}

/** Puts our socket in the place of one behind which nobody listens; false where somebody does. */
async function takeOver(file: string, name: string): Promise<boolean> {
  const { FileLock } = await import('../../../core/store/index.ts');
  const lockPath = join(dirname(name), 'takeover.lock');
  const limit = Date.now() + TAKEOVER_TIMEOUT_MS;
  while (!(await isListening(name))) {
    if (!existsSync(lockPath)) writeFileSync(lockPath, '', { flag: 'a', mode: PRIVATE_FILE_MODE });
    using lock = FileLock.take(lockPath, 0);
    if (lock !== undefined) {
      // Whoever had the lock before may have been faster.
      if (await isListening(name)) return false;
      renameSync(file, name);
      return true;
    }
    if (Date.now() > limit) throw new Error(`${lockPath} stays locked by another process`);
    await setTimeout(TAKEOVER_RETRY_MS);
  }
  return false;
}

/** Whether a process listens behind a name, whatever else may be wrong with it. */
function isListening(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', (error) => {
      resolve(!hasCode(error, 'ECONNREFUSED', 'ENOENT'));
    });
  });
}

function removeFile(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
  }
}
