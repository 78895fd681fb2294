import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import type { Readable, Writable } from 'node:stream';

import { systemClock } from '../../core/platform/index.ts';
import { createLineTransport } from '../../core/rpc/index.ts';
import { RpcProbe } from '../../core/testing/index.ts';
import { LAUNCHER } from './builtProduct.ts';

/** `parley app-server` on stdio over a home folder, with a client that can kill it at a given message. */
export class EngineProcess implements AsyncDisposable {
  readonly client: RpcProbe;
  /** Resolves when the process has ended and all it had said was read: to its code and its signal. */
  readonly ended: Promise<unknown>;
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  #messagesLeft = Infinity;

  /** `launcher` is the command unless told; one that does not join is an engine beside others of its home. */
  constructor(home: string, launcher = LAUNCHER, { joins = true } = {}) {
    const { PATH = '' } = process.env;
    this.#child = spawn(
      process.execPath,
      [launcher, 'app-server', ...(joins ? [] : ['--no-join'])],
      {
        stdio: ['pipe', 'pipe', 'ignore'],
        cwd: home,
        env: { PATH, HOME: home, PARLEY_HOME: home },
      },
    );
    this.ended = once(this.#child, 'close');
    const transport = createLineTransport({
      input: this.#child.stdout,
      output: this.#child.stdin,
      onUnreadable: () => undefined,
      clock: systemClock,
    });
    this.client = new RpcProbe(transport);
    const { onMessage } = transport;
    transport.onMessage = (message) => {
      onMessage?.(message);
      this.#messagesLeft -= 1;
      if (this.#messagesLeft === 0) this.kill();
    };
  }

  /** Kills it in the moment in which so many more messages have come. */
  killAfter(messages: number): void {
    this.#messagesLeft = messages;
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  /** Says some last words, or the beginning of some, and nothing any more; goes on listening. */
  endInput(lastWords = ''): void {
    this.#child.stdin.end(lastWords);
  }

  /** Listens no more, as a program that has crashed; one that is gone altogether has ended its input, too. */
  stopListening(): void {
    this.#child.stdout.destroy();
  }

  /** What an exchange came to, or undefined when the process ended meanwhile. */
  async unlessEnded<Value>(exchange: Promise<Value>): Promise<Value | undefined> {
    return Promise.race([exchange, this.ended.then(() => undefined)]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.kill();
    await this.ended;
  }
}
