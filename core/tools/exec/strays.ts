import { readdirSync, readFileSync } from 'node:fs';
import process from 'node:process';

/** What programs of the agent are known by where no sandbox holds them together. */
export const COMMAND_ID = 'PARLEY_COMMAND_ID';

/** A program that is faster than this many looks at all others multiplies on purpose. */
const MAX_LOOKS = 20;

/**
 * Ends what a command has left in groups and sessions of its own: all that were given the same id. Only Linux
 * tells of others' environments; elsewhere the group is all that ends.
 */
export function endStrays(id: string): void {
  if (process.platform !== 'linux') return;
  const mark = Buffer.from(`${COMMAND_ID}=${id}\0`);
  for (let look = 0; look < MAX_LOOKS; look += 1) {
    const found = strays(mark);
    if (found.length === 0) return;
    for (const pid of found) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It ended by itself in the meantime.
      }
    }
  }
}

function strays(mark: Buffer): readonly number[] {
  return readdirSync('/proc').flatMap((name) => {
    const pid = Number(name);
    if (!Number.isInteger(pid) || pid === process.pid) return [];
    try {
      if (!readFileSync(`/proc/${name}/environ`).includes(mark)) return [];
      return /^\d+ \(.*\) [XZ] /su.test(readFileSync(`/proc/${name}/stat`, 'utf8')) ? [] : [pid];
    } catch {
      // Gone by now, or somebody else's.
      return [];
    }
  });
}
