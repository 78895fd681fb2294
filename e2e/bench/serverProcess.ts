import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';

import { cleanEnvironment } from '../support/index.ts';
import { type Build, launcherOf } from './builds.ts';
import { cpuMsOf, memoryMbOf } from './processFacts.ts';

const READY = /ready: (\S+)\n/u;

const KEY = 'a-key-for-the-benchmark';

/** `parley realtime-server` as a process of its own, whose use of the machine can be read. */
export class ServerProcess implements AsyncDisposable {
  readonly apiKey = KEY;
  readonly url: string;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, url: string) {
    this.#child = child;
    this.url = url;
  }

  static async start(build: Build, nodeFlags: readonly string[] = []): Promise<ServerProcess> {
    const args = [launcherOf(build), 'realtime-server', '--port', '0'];
    const child = spawn(process.execPath, [...nodeFlags, ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...cleanEnvironment(process.env), PARLEY_SERVER_KEY: KEY },
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

  async cpuMs(): Promise<number> {
    return cpuMsOf(this.#child.pid ?? 0);
  }

  async memoryMb(): Promise<number> {
    return memoryMbOf(this.#child.pid ?? 0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#child, 'close');
    this.#child.kill('SIGTERM');
    await closed;
  }
}
