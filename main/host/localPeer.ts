import { readFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import process from 'node:process';

/** The kernel's tables of connections; a program may reach an IPv4 address by a socket of IPv6, too. */
const TABLES = ['/proc/net/tcp', '/proc/net/tcp6'] as const;
const ROOT_UID = 0;
const ESTABLISHED = '01';

/**
 * False where the other end of a loopback connection is known to be another user's of this machine. Linux tells;
 * elsewhere nobody is known. Root is nobody's "other user": it reads everything, and relays connections for some.
 */
export async function isOwnUser(
  socket: Pick<Socket, 'localPort' | 'remotePort'>,
): Promise<boolean> {
  const ownUid = process.getuid?.();
  if (process.platform !== 'linux' || ownUid === undefined) return true;
  const tables = await Promise.all(TABLES.map(readTable));
  if (tables.every((table) => table === '')) return true;
  const uids = tables.flatMap((table) => uidsOf(table, socket));
  // What is not there any more, or only half, is nobody who waits for an answer.
  return uids.length > 0 && uids.every((uid) => uid === ownUid || uid === ROOT_UID);
}

/** Whose ends there are of open connections from the remote port to the local one, by such a table. */
export function uidsOf(
  table: string,
  { localPort, remotePort }: Pick<Socket, 'localPort' | 'remotePort'>,
): readonly number[] {
  return table.split('\n').flatMap((line) => {
    const [, from = '', to = '', state, , , , uid] = line.trim().split(/\s+/u);
    const isTheirs = portIn(from) === remotePort && portIn(to) === localPort;
    return isTheirs && state === ESTABLISHED ? [Number(uid)] : [];
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
