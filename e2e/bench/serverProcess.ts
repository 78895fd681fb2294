import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import process from 'node:process';

import { cleanEnvironment, LAUNCHER } from '../support/index.ts';

const READY = /ready: (\S+)\n/u;
/** Linux counts CPU time in these. */
const TICK_MS = 10;
const KB_PER_MB = 1024;

/** `parley realtime-server` as a process of its own, whose use of the machine can be read. */
export class ServerProcess implements AsyncDisposable {
  readonly apiKey = 'a-key-for-the-benchmark';
  readonly url: string;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, url: string) {
    this.#child = child;
    this.url = url;
  }

  static async start(nodeFlags: readonly string[] = []): Promise<ServerProcess> {
    const args = [
      LAUNCHER,
      'realtime-server',
      '--port',
      '0',
      '--api-key',
      'a-key-for-the-benchmark',
    ];
    const child = spawn(process.execPath, [...nodeFlags, ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: cleanEnvironment(process.env),
    });
    let text = '';
    for await (const chunk of child.stdout) {
      text += String(chunk);
      const url = READY.exec(text)?.[1];
      if (url !== undefined) return new ServerProcess(child, url);
    }
    throw new Error(`The server ended before it was ready: ${text}`);
  }

  /** The answer to an offer. */
  async answer(sdp: string): Promise<string> {
    const form = new FormData();
    form.set('sdp', sdp);
    form.set('session', JSON.stringify({ type: 'realtime', model: 'practice' }));
    const response = await fetch(`${this.url}/realtime/calls`, {
      method: 'POST',
      headers: { authorization: `Bearer ${this.apiKey}` },
      body: form,
    });
    const text = await response.text();
    if (!response.ok) throw new Error(text);
    return text;
  }

  /** CPU time used so far, all threads. Linux only. */
  async cpuMs(): Promise<number> {
    const stat = await readFile(`/proc/${String(this.#child.pid)}/stat`, 'utf8');
    // The name in parentheses may hold spaces; user and system time are the 12th and 13th behind it.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
  }

  /** Resident memory. Linux only. */
  async memoryMb(): Promise<number> {
    const status = await readFile(`/proc/${String(this.#child.pid)}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+)/u.exec(status)?.[1] ?? Number.NaN) / KB_PER_MB;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#child, 'close');
    this.#child.kill('SIGTERM');
    await closed;
  }
}
