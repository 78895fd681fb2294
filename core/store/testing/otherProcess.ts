import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

/**
 * Another process with a store over the same home (`storeProcess.ts`). It is told one thing a line and
 * answers each with a line.
 */
export class OtherProcess implements AsyncDisposable {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #answers: AsyncIterator<string>;

  constructor(home: string) {
    const script = join(import.meta.dirname, 'storeProcess.ts');
    this.#child = spawn(process.execPath, [script, home], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#answers = createInterface(this.#child.stdout)[Symbol.asyncIterator]();
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /**
   * `open ID`: "opened" with the number of records, "none", or the error's words. `create ID`,
   * `append ID WORD`, `say ID WORD` and `name ID WORD`: "done" when it is durable. `search WORD`: "found" and how many. `read ID`: the number of records. `release ID`:
   * "released", the journal is closed. `close`: "closed", the store is.
   */
  async ask(line: string): Promise<string> {
    this.#child.stdin.write(`${line}\n`);
    const { value, done } = await this.#answers.next();
    if (done === true) throw new Error(`The other process ended at: ${line}`);
    return value;
  }

  /** Ends it as a crash would. */
  async kill(): Promise<void> {
    const closed = once(this.#child, 'close');
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill('SIGKILL');
    await closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }
}
