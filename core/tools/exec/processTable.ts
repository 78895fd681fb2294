import { randomInt } from 'node:crypto';

import { ProductError } from '../../base/index.ts';
import type { AgentProcess } from './agentProcess.ts';

/** Programs that one thread may have running. */
const MAX_PROCESSES = 64;
/** Ids are short, because the model writes them. */
const LOWEST_ID = 1_000;
const HIGHEST_ID = 99_999;

class TooManyProcessesError extends ProductError {
  readonly code = 'tooManyProcesses';
  readonly retryable = true;

  constructor() {
    super(
      `${MAX_PROCESSES} commands are running already, and no more can be. End one of them with write_stdin first, or wait until one has ended.`,
    );
  }
}

/** The programs a thread has running, and those that have ended and of which the model does not know yet. */
export class ProcessTable {
  readonly #processes = new Map<number, AgentProcess>();
  #starting = 0;
  #isClosed = false;

  /** Takes a place for a program that is about to start; throws where there is none. */
  reserve(): {
    readonly id: number;
    readonly keep: (process: AgentProcess) => void;
    readonly release: () => void;
  } {
    if (this.#isClosed || this.#running.length + this.#starting >= MAX_PROCESSES) {
      throw new TooManyProcessesError();
    }
    this.#starting += 1;
    let isOpen = true;
    const release = (): void => {
      if (isOpen) this.#starting -= 1;
      isOpen = false;
    };
    const id = this.#unusedId();
    return {
      id,
      keep: (process) => {
        release();
        if (this.#isClosed) process.kill();
        else this.#processes.set(id, process);
        this.#forgetOldest();
      },
      release,
    };
  }

  find(id: number): AgentProcess | undefined {
    return this.#processes.get(id);
  }

  /** The model knows how it ended. */
  forget(id: number): void {
    this.#processes.delete(id);
  }

  /** Ends all; resolves when none runs any more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const processes = this.#running;
    for (const process of processes) process.kill();
    await Promise.all(processes.map(async ({ ended }) => ended));
    this.#processes.clear();
  }

  get #running(): readonly AgentProcess[] {
    return Array.from(this.#processes.values()).filter(({ exitCode }) => exitCode === undefined);
  }

  #forgetOldest(): void {
    const ended = Array.from(this.#processes).filter(([, { exitCode }]) => exitCode !== undefined);
    for (const [id] of ended.slice(0, -MAX_PROCESSES)) this.#processes.delete(id);
  }

  #unusedId(): number {
    for (;;) {
      const id = randomInt(LOWEST_ID, HIGHEST_ID + 1);
      if (!this.#processes.has(id)) return id;
    }
  }
}
