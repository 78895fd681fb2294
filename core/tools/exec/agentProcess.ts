import { StringDecoder } from 'node:string_decoder';

import type { Clock } from '../../base/index.ts';
import { Command, type CommandEnd, type CommandSpec } from '../../commands/index.ts';
import { HeadAndTail } from './outputText.ts';
import type { ShownCommand } from './shownCommand.ts';

/** What is kept of a program's output until the model reads it. */
const UNREAD_CHARS = 1024 * 1024;

export type AgentProcessOptions = {
  /** How it is started, without what becomes of its output. */
  readonly spec: Omit<CommandSpec, 'capBytes' | 'onOutput' | 'timeoutMs'>;
  readonly clock: Clock;
  readonly shown: ShownCommand;
  /** It runs without bounds although its turn had some: people said so. */
  readonly isOutside: boolean;
  /** Once it has ended and all it printed was taken. */
  readonly onEnd: (process: AgentProcess, exitCode: number) => void;
};

/** A program of the agent: what it printed since the model last read, and how it ended. */
export class AgentProcess {
  readonly startedAtMs: number;
  readonly isOutside: boolean;
  readonly hasTerminal: boolean;
  /** Resolves when it has ended, however. */
  readonly ended: Promise<CommandEnd>;
  readonly #command: Command;
  #unread = new HeadAndTail(UNREAD_CHARS);
  #shown: ShownCommand;
  #exitCode: number | undefined;

  /** Rejects with a `CommandError` where it does not start. */
  static async start(options: AgentProcessOptions): Promise<AgentProcess> {
    const decoders = { stdout: new StringDecoder('utf8'), stderr: new StringDecoder('utf8') };
    let printed: (text: string) => void = (text) => {
      early += text;
    };
    let early = '';
    const command = await Command.start(
      {
        ...options.spec,
        timeoutMs: undefined,
        capBytes: Infinity,
        onOutput: ({ stream, bytes }) => {
          printed(decoders[stream].write(bytes));
          return undefined;
        },
      },
      options.clock,
    );
    const process = new AgentProcess(command, options);
    printed = (text) => {
      process.#print(text);
    };
    printed(early);
    return process;
  }

  private constructor(
    command: Command,
    { spec, clock, shown, isOutside, onEnd }: AgentProcessOptions,
  ) {
    this.#command = command;
    this.#shown = shown;
    this.isOutside = isOutside;
    this.hasTerminal = spec.terminal !== undefined;
    this.startedAtMs = clock.nowMs();
    this.ended = this.#end(onEnd);
  }

  /** undefined while it runs. */
  get exitCode(): number | undefined {
    return this.#exitCode;
  }

  get shown(): ShownCommand {
    return this.#shown;
  }

  /** From here on it is shown in another item. */
  showIn(shown: ShownCommand): void {
    this.#shown = shown;
  }

  /** What it printed since it was last taken. */
  get unreadOutput(): string {
    return this.#unread.text;
  }

  /** The same, which is read then. */
  takeOutput(): string {
    const { text } = this.#unread;
    this.#unread = new HeadAndTail(UNREAD_CHARS);
    return text;
  }

  /** Throws a `CommandError` where nothing can be typed. */
  type(text: string): void {
    this.#command.write(Buffer.from(text));
  }

  kill(): void {
    this.#command.kill();
  }

  #print(text: string): void {
    this.#unread.append(text);
    this.#shown.print(text);
  }

  async #end(onEnd: AgentProcessOptions['onEnd']): Promise<CommandEnd> {
    const end = await this.#command.ended;
    this.#exitCode = end.exitCode;
    onEnd(this, end.exitCode);
    return end;
  }
}
