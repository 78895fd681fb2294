import { statSync } from 'node:fs';
import { posix } from 'node:path';

/** Where systems put it. It is never looked for by PATH, whose folders a command may be able to write. */
const PLACES = ['/usr/bin/bwrap', '/bin/bwrap', '/run/current-system/sw/bin/bwrap'];

/** The program of bubblewrap; undefined where there is none that only an administrator can have put there. */
export const findBubblewrap = (): string | undefined => PLACES.find(isAdministrators);

function isAdministrators(path: string): boolean {
  return [path, posix.dirname(path)].every((name) => {
    const facts = statSync(name, { throwIfNoEntry: false });
    return facts?.uid === 0 && (facts.mode & 0o022) === 0;
  });
}
