import { randomUUID } from 'node:crypto';
import {
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';

import { errorText, hasCode } from '../base/index.ts';
import { ensurePrivateFolderSync, type Logger, PRIVATE_FILE_MODE } from '../platform/index.ts';
import { ThreadOwnedError, ThreadStoreClosedError } from './errors.ts';
import { FileLock, NoFileLocksError } from './fileLock.ts';

/** The right to write a thread's file, until it is released. */
export interface Ownership {
  /** The owner goes on with the thread, before its first record; others see it. Never throws. */
  use(): void;
  /** Never rejects. */
  release(): Promise<void>;
}

const GATE = 'gate';
const ALIVE = '.alive';
const IN_USE = 'in use';
/** An owner's name: the process, for people, and what nobody else is called. */
const OWNER = /^(\d+)-[\da-f-]{36}$/u;

/** How long the looks of others may take; each is a matter of a millisecond. */
const GATE_TIMEOUT_MS = 1000;

/**
 * Who owns which thread, among all processes. A folder holds one file per owner, which stays locked for
 * as long as its process lives, and one empty file per owned thread, whose name says whose it is.
 * So the kernel knows whether an owner lives, and nothing has to be guessed from a process id: after
 * `kill -9`, after a restart of the computer and with ids used again nobody looks alive who is not.
 * Where files cannot be locked at all, threads have no owners, as if this class were not there.
 */
export class ThreadOwners {
  readonly #folder: string;
  readonly #log: Logger;
  #self: { readonly name: string; readonly lock: FileLock } | undefined;
  #hasLocks = true;
  #isClosed = false;

  constructor(folder: string, log: Logger) {
    this.#folder = folder;
    this.#log = log;
  }

  /**
   * Begins to live here when there is time, because the first record of a thread would wait for it; where
   * that fails, whoever takes a thread tries again.
   */
  prepare(): void {
    if (this.#self !== undefined || !this.#hasLocks) return;
    setImmediate(() => {
      try {
        if (!this.#isClosed) this.#become();
      } catch (error) {
        this.#log.debug({ reason: errorText(error) }, 'threads are not claimed ahead');
      }
    });
  }

  /** Takes a thread that has no file yet: who looks for the file later finds its owner already there. */
  announce(threadId: string): Promise<Ownership> {
    return this.#whereLocked((self) => {
      const path = this.#claimPath(threadId, self);
      createEmpty(path);
      return this.#owning(path);
    });
  }

  /** Takes a thread that has a file. Throws `ThreadOwnedError` and what the file system throws. */
  claim(threadId: string): Promise<Ownership> {
    return this.#whereLocked((self) => {
      using _ = this.#enterGate();
      const pid = this.#livingOwner(threadId, self);
      if (pid !== undefined) throw new ThreadOwnedError(threadId, pid);
      const path = this.#claimPath(threadId, self);
      createEmpty(path);
      return this.#owning(path);
    });
  }

  /** Whether another owner that lives has gone on with the thread. Looks, and changes nothing. */
  isInUse(threadId: string): boolean {
    // Who never lived here left no gate, and nobody who lives can be told where files cannot be locked.
    if (!this.#hasLocks || !existsSync(join(this.#folder, GATE))) return false;
    try {
      using _ = this.#enterGate();
      return this.#claims(threadId).some(
        ({ name, owner }) =>
          owner !== this.#self?.name && this.#isUsed(name) && this.#isAlive(owner),
      );
    } catch (error) {
      if (error instanceof NoFileLocksError) return false;
      this.#log.warn({ threadId, reason: errorText(error) }, 'nobody knows who has the thread');
      return true;
    }
  }

  /** For when all is released; may be called twice. */
  close(): void {
    const self = this.#self;
    this.#self = undefined;
    this.#isClosed = true;
    if (self === undefined) return;
    self.lock[Symbol.dispose]();
    try {
      removeFile(this.#alivePath(self.name));
    } catch (error) {
      // Nobody holds its lock any more, which says as much.
      this.#log.warn(
        { reason: errorText(error) },
        'what told that this process lives is still there',
      );
    }
  }

  async #whereLocked(take: (self: string) => Ownership): Promise<Ownership> {
    if (this.#isClosed) throw new ThreadStoreClosedError();
    try {
      if (this.#hasLocks) return take(this.#become());
    } catch (error) {
      if (!(error instanceof NoFileLocksError)) throw error;
      this.#hasLocks = false;
      this.#log.warn({ reason: errorText(error.cause) }, 'threads are not kept to one process');
    }
    return { use: () => undefined, release: () => Promise.resolve() };
  }

  #owning(path: string): Ownership {
    let isUsed = false;
    return {
      use: () => {
        if (isUsed) return;
        isUsed = true;
        try {
          writeFileSync(path, IN_USE, { mode: PRIVATE_FILE_MODE });
        } catch (error) {
          this.#log.warn({ path, reason: errorText(error) }, 'nobody sees that a thread is used');
        }
      },
      release: async () => {
        try {
          await rm(path, { force: true });
        } catch (error) {
          // Others are refused until this process has ended.
          this.#log.warn({ path, reason: errorText(error) }, 'a thread cannot be released');
        }
      },
    };
  }

  /** The name of this owner, who begins to live here when it is first needed. */
  #become(): string {
    if (this.#self !== undefined) return this.#self.name;
    ensurePrivateFolderSync(this.#folder);
    // Until it is locked, the new file looks like a dead owner's; behind the gate nobody looks.
    using _ = this.#enterGate();
    this.#removeTheDead();
    const name = `${process.pid}-${randomUUID()}`;
    createEmpty(this.#alivePath(name));
    const lock = FileLock.take(this.#alivePath(name), 0);
    if (lock === undefined) throw new NoFileLocksError('a new file is locked already');
    this.#self = { name, lock };
    return name;
  }

  /** One process at a time looks who lives and claims. */
  #enterGate(): Disposable {
    const path = join(this.#folder, GATE);
    if (!existsSync(path)) closeSync(openSync(path, 'a', PRIVATE_FILE_MODE));
    const gate = FileLock.take(path, GATE_TIMEOUT_MS);
    if (gate === undefined) throw new Error(`${path} stays locked by another process`);
    return gate;
  }

  #livingOwner(threadId: string, self: string): number | undefined {
    for (const { name, owner, pid } of this.#claims(threadId)) {
      if (owner === self) continue;
      if (this.#isAlive(owner)) return pid;
      removeFile(join(this.#folder, name));
    }
    return undefined;
  }

  /** Who has it, or had it when it died. */
  #claims(threadId: string): readonly {
    readonly name: string;
    readonly owner: string;
    readonly pid: number;
  }[] {
    const prefix = this.#claimName(threadId, '');
    return readdirSync(this.#folder).flatMap((name) => {
      const owner = name.startsWith(prefix) ? name.slice(prefix.length) : '';
      const pid = OWNER.exec(owner)?.[1];
      return pid === undefined ? [] : [{ name, owner, pid: Number(pid) }];
    });
  }

  #isUsed(claim: string): boolean {
    const facts = statSync(join(this.#folder, claim), { throwIfNoEntry: false });
    return facts !== undefined && facts.size > 0;
  }

  #isAlive(owner: string): boolean {
    const path = this.#alivePath(owner);
    // Opening it to see whether it is locked would make it.
    if (!existsSync(path)) return false;
    using lock = FileLock.take(path, 0);
    return lock === undefined;
  }

  #removeTheDead(): void {
    const names = readdirSync(this.#folder);
    const owners = names
      .filter((name) => name.endsWith(ALIVE))
      .map((name) => name.slice(0, -ALIVE.length));
    for (const owner of owners.filter((name) => !this.#isAlive(name))) {
      for (const name of names.filter((claim) => claim.endsWith(`.${owner}`))) {
        removeFile(join(this.#folder, name));
      }
      removeFile(this.#alivePath(owner));
    }
  }

  #alivePath(owner: string): string {
    return join(this.#folder, `${owner}${ALIVE}`);
  }

  #claimPath(threadId: string, owner: string): string {
    return join(this.#folder, this.#claimName(threadId, owner));
  }

  /** The id stands in a file that anybody may have written. */
  #claimName(threadId: string, owner: string): string {
    return `${encodeURIComponent(threadId)}.${owner}`;
  }
}

function createEmpty(path: string): void {
  closeSync(openSync(path, 'wx', PRIVATE_FILE_MODE));
}

/** `rmSync` tells neither code nor cause where a file system can only be read. */
function removeFile(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
  }
}
