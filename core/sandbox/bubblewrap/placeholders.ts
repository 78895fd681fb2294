import { Buffer } from 'node:buffer';
import { mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

import { hasCode } from '../../base/index.ts';
import { ensurePrivateFolderSync, PRIVATE_FILE_MODE } from '../../platform/index.ts';
import { bytesOf, type RawPath, rawOf } from '../paths/index.ts';

const JOURNAL = /^placeholders-(?<pid>\d+)$/u;
/** Nobody writes into it by mistake. */
const PLACEHOLDER_MODE = 0o555;

export type Hold = {
  /** Those of the paths where there is something now; the others are out of reach, for us and for commands. */
  readonly held: ReadonlySet<RawPath>;
  release(): void;
};

/**
 * Empty folders that stand where nothing is to be made while commands run, because only what is there can be held
 * by a mount. The last command to need one removes it. What a killed engine left is removed by the next, by a list
 * that is kept for it; a folder into which somebody has put something meanwhile is theirs and stays.
 */
export class Placeholders {
  readonly #folder: string;
  readonly #counts = new Map<RawPath, number>();

  /** `folder` is for the list; it is made when needed. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  has(path: RawPath): boolean {
    return this.#counts.has(path);
  }

  /** Puts something where nothing is, and nothing is to be made until it is released. */
  hold(paths: readonly RawPath[]): Hold {
    const fresh = paths.filter((path) => !this.#counts.has(path));
    for (const path of paths) this.#counts.set(path, (this.#counts.get(path) ?? 0) + 1);
    // Listed first: what was made and is on no list would stay for ever.
    if (fresh.length > 0) this.#writeList();
    const states = new Map(fresh.map((path) => [path, make(path)]));
    const counted = paths.filter((path) => (states.get(path) ?? 'made') === 'made');
    if (counted.length < paths.length) {
      for (const [path, state] of states) if (state !== 'made') this.#counts.delete(path);
      this.#writeList();
    }
    let isHeld = true;
    return {
      held: new Set(paths.filter((path) => states.get(path) !== 'outOfReach')),
      release: () => {
        if (isHeld) this.#release(counted);
        isHeld = false;
      },
    };
  }

  /** Removes what engines left behind that were killed. */
  sweep(): void {
    for (const name of namesIn(this.#folder)) {
      const pid = JOURNAL.exec(name)?.groups?.['pid'];
      if (pid === undefined || isRunning(Number(pid))) continue;
      const list = join(this.#folder, name);
      const left = readFileSync(list, 'latin1').split('\0');
      for (const path of left) {
        if (path.startsWith('/')) removeEmpty(rawOf(Buffer.from(path, 'latin1')));
      }
      rmSync(list, { force: true });
    }
  }

  #release(paths: readonly RawPath[]): void {
    const ended = paths.filter((path) => {
      const count = (this.#counts.get(path) ?? 1) - 1;
      if (count > 0) this.#counts.set(path, count);
      return count === 0;
    });
    for (const path of ended) {
      removeEmpty(path);
      this.#counts.delete(path);
    }
    if (ended.length > 0) this.#writeList();
  }

  #writeList(): void {
    const list = join(this.#folder, `placeholders-${String(process.pid)}`);
    if (this.#counts.size === 0) {
      rmSync(list, { force: true });
      return;
    }
    ensurePrivateFolderSync(this.#folder);
    writeFileSync(list, Array.from(this.#counts.keys()).join('\0'), {
      encoding: 'latin1',
      mode: PRIVATE_FILE_MODE,
    });
  }
}

function make(path: RawPath): 'made' | 'there' | 'outOfReach' {
  try {
    mkdirSync(bytesOf(path), PLACEHOLDER_MODE);
    return 'made';
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return 'there';
    if (hasCode(error, 'EACCES', 'EPERM', 'EROFS', 'ENOENT', 'ENOTDIR')) return 'outOfReach';
    throw error;
  }
}

function removeEmpty(path: RawPath): void {
  try {
    rmdirSync(bytesOf(path));
  } catch {
    // Somebody has put something into it, or was quicker.
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function isRunning(pid: number): boolean {
  if (pid === process.pid) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !hasCode(error, 'ESRCH');
  }
}
