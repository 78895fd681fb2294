import type { CommandRequest, CommandResult, RunCommand } from '../runCommand.ts';

/** A RunCommand whose runs a test ends by hand, one result each, in the order they were started. */
export class ScriptedCommand {
  readonly requests: CommandRequest[] = [];
  readonly #unfinished: ((result: CommandResult) => void)[] = [];

  readonly run: RunCommand = (request) => {
    this.requests.push(request);
    const { promise, resolve } = Promise.withResolvers<CommandResult>();
    this.#unfinished.push(resolve);
    return promise;
  };

  /** Ends the oldest run that has not ended. */
  finish(result: CommandResult): void {
    const resolve = this.#unfinished.shift();
    if (resolve === undefined) throw new Error('No command is running');
    resolve(result);
  }

  /** Ends the oldest run with exit code 0 and this output. */
  print(stdout: string): void {
    this.finish({ kind: 'exited', exitCode: 0, stdout });
  }
}
