import { readFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import process from 'node:process';

/** The kernel's tables of connections; a program may reach an IPv4 address by a socket of IPv6, too. */
const TABLES = ['/proc/net/tcp', '/proc/net/tcp6'] as const;
const ROOT_UID = 0;
const NO_INODE = '0';

/** Somebody's end of a connection. */
type End = {
  readonly uid: number;
  /** False once its program has let it go: nobody waits for an answer there. */
  readonly isHeld: boolean;
};

/**
 * False where the other end of a loopback connection is known to be another user's of this machine, or nobody's any
 * more. Linux tells; elsewhere nobody is known. Root is nobody's "other user": it reads everything, and relays
 * connections for some. An end that is in no table is outside of this system, as a browser on Windows is from WSL.
 */
export async function isOwnUser(
  socket: Pick<Socket, 'localPort' | 'remotePort'>,
): Promise<boolean> {
  const ownUid = process.getuid?.();
  if (process.platform !== 'linux' || ownUid === undefined) return true;
  const tables = await Promise.all(TABLES.map(readTable));
  // Asked after the tables were read: a connection that was reset, before or meanwhile, is in none and has no other end.
  if (socket.remotePort === undefined) return false;
  const ends = tables.flatMap((table) => endsIn(table, socket));
  return ends.every(({ uid, isHeld }) => isHeld && (uid === ownUid || uid === ROOT_UID));
}

/** The ends of connections from the remote port to the local one, by such a table. */
export function endsIn(
  table: string,
  { localPort, remotePort }: Pick<Socket, 'localPort' | 'remotePort'>,
): readonly End[] {
  return table.split('\n').flatMap((line) => {
    const [, from = '', to = '', , , , , uid, , inode] = line.trim().split(/\s+/u);
    const isTheirs = portIn(from) === remotePort && portIn(to) === localPort;
    return isTheirs ? [{ uid: Number(uid), isHeld: inode !== NO_INODE }] : [];
  });
}

/** Of `0100007F:1F90`. */
const portIn = (address: string): number =>
  Number.parseInt(address.slice(address.indexOf(':') + 1), 16);

async function readTable(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    // A system without that protocol, or one that shows nothing.
    return '';
  }
}
