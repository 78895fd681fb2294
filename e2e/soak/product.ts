import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';

import { LAUNCHER } from '../../main/testing/index.ts';

const KEPT_CHARACTERS = 2_000;

export type ProductOptions = {
  /** The settings file of its home. */
  readonly config?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Where its home is made; the system's place for what is needed for a while, unless told. */
  readonly folder?: string;
};

/** A command of the product as a process of its own, with a home of its own. */
export class Product implements AsyncDisposable {
  readonly home: string;
  readonly child: ChildProcessWithoutNullStreams;
  readonly #ended: Promise<unknown>;
  #said = '';
  #complaints = '';

  private constructor(child: ChildProcessWithoutNullStreams, home: string) {
    this.child = child;
    this.home = home;
    this.#ended = once(child, 'close');
    // One that has ended is told by `hasEnded`.
    child.stdin.on('error', () => undefined);
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#complaints = (this.#complaints + text).slice(-KEPT_CHARACTERS);
    });
  }

  static async start(args: readonly string[], options: ProductOptions = {}): Promise<Product> {
    const home = await mkdtemp(join(options.folder ?? tmpdir(), 'parley-sweep-'));
    if (options.config !== undefined) await writeFile(join(home, 'config.toml'), options.config);
    const { PATH = '' } = process.env;
    const child = spawn(process.execPath, [LAUNCHER, ...args], {
      cwd: home,
      env: { PATH, HOME: home, PARLEY_HOME: home, ...options.env },
    });
    return new Product(child, home);
  }

  /** The first match in what it prints, for commands that print their address when they are ready. */
  async printed(pattern: RegExp): Promise<string> {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const look = (): void => {
      const [match] = pattern.exec(`${this.#said}${this.#complaints}`) ?? [];
      if (match !== undefined) resolve(match);
    };
    const hear = (text: Buffer): void => {
      this.#said = (this.#said + text.toString('utf8')).slice(-KEPT_CHARACTERS);
      look();
    };
    this.child.stdout.on('data', hear);
    this.child.stderr.on('data', look);
    this.child.once('close', () => {
      reject(new Error(`It ended before it was ready: ${this.lastWords}`));
    });
    try {
      return await promise;
    } finally {
      this.child.stdout.off('data', hear);
      this.child.stderr.off('data', look);
      this.child.stdout.resume();
    }
  }

  get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  get lastWords(): string {
    return this.#complaints.trim();
  }

  /** Its process and those it runs, of which none is to be another after an attack; told by Linux alone. */
  processIds(): readonly number[] {
    const { pid = 0 } = this.child;
    return [
      pid,
      ...fileText(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean).map(Number),
    ];
  }

  /** The most they have had in memory since `forgetPeak`; told by Linux alone. */
  peakMemoryMiB(): number | undefined {
    const peaks = this.processIds().flatMap((pid) => {
      const kib = /^VmHWM:\s+(?<kib>\d+) kB$/mu.exec(fileText(`/proc/${pid}/status`))?.groups?.[
        'kib'
      ];
      return kib === undefined ? [] : [Number(kib) / 1024];
    });
    return peaks.length === 0 ? undefined : peaks.reduce((sum, peak) => sum + peak);
  }

  forgetPeak(): void {
    for (const pid of this.processIds()) {
      try {
        writeFileSync(`/proc/${pid}/clear_refs`, '5');
      } catch {
        // Then the peak of an earlier attack counts as well, which still has to keep the bound.
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.child.kill('SIGKILL');
    await this.#ended;
    await rm(this.home, { recursive: true, force: true });
  }
}

function fileText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
