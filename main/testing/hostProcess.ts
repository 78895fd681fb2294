import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import type { Readable } from 'node:stream';

import { WebSocket } from 'ws';

import { createSocketTransport } from '../../core/rpc/index.ts';
import { RpcProbe } from '../../core/testing/index.ts';
import { LAUNCHER } from './builtProduct.ts';
import { childPidsOf } from './childProcesses.ts';

const READY = /^Parley is ready: (?<url>\S+)$/mu;

/** `parley serve`, or `open`, over a home folder, and the engine's process below it. */
export class HostProcess implements AsyncDisposable {
  /** Resolves to the exit code, or to null when it was killed. */
  readonly ended: Promise<number | null>;
  readonly #child: ChildProcessByStdio<null, Readable, Readable>;
  #output = '';

  constructor(
    home: string,
    command: readonly string[] = ['serve', '--port', '0'],
    env: Readonly<Record<string, string>> = {},
  ) {
    const { PATH = '' } = process.env;
    this.#child = spawn(process.execPath, [LAUNCHER, ...command], {
      stdio: ['ignore', 'pipe', 'pipe'],
      cwd: home,
      env: { PATH, HOME: home, PARLEY_HOME: home, ...env },
    });
    this.ended = once(this.#child, 'close').then(([code]: (number | null)[]) => code ?? null);
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        this.#output += chunk.toString();
      });
    }
  }

  /** All it printed so far, both streams. */
  get output(): string {
    return this.#output;
  }

  /** The address it printed; rejects when it ends before it does. */
  async url(): Promise<URL> {
    for (;;) {
      const found = READY.exec(this.#output)?.groups?.['url'];
      if (found !== undefined) return new URL(found);
      const next = once(this.#child.stdout, 'data').then(() => true);
      if (!(await Promise.race([next, this.ended.then(() => false)])))
        throw new Error(this.#output);
    }
  }

  /** The engine's process; waits until there is another than `former`. */
  async enginePid(former?: number): Promise<number> {
    for (;;) {
      const pid = childPidsOf(this.#child.pid ?? 0).find((child) => child !== former);
      if (pid !== undefined) return pid;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  /** A client that has said hello, as the page would. */
  async client(url: URL): Promise<RpcProbe> {
    const socket = new WebSocket(url.href.replace('http:', 'ws:').replace('/?', '/rpc?'), {
      origin: url.origin,
    });
    const probe = new RpcProbe(createSocketTransport(socket, () => undefined));
    await once(socket, 'open');
    await probe.hello('probe', { experimentalApi: true });
    return probe;
  }

  kill(signal: NodeJS.Signals = 'SIGKILL'): void {
    this.#child.kill(signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.kill();
    await this.ended;
  }
}
