import type { ToolOutput } from '../../model/index.ts';
import type { ToolContext } from '../contract.ts';
import { readJson } from '../jsonTool.ts';
import { ExecArguments, WriteArguments } from './arguments.ts';
import { execCommand } from './execCommand.ts';
import type { ExecPorts } from './ports.ts';
import { ProcessTable } from './processTable.ts';
import { writeStdin } from './writeStdin.ts';

/** Runs the commands of one thread and knows which run on. */
export class ExecSession {
  readonly #ports: ExecPorts;
  readonly #processes = new ProcessTable();

  constructor(ports: ExecPorts) {
    this.#ports = ports;
  }

  async exec(input: string, context: ToolContext): Promise<ToolOutput> {
    return execCommand(readJson(input, ExecArguments), context, this.#ports, this.#processes);
  }

  async write(input: string, context: ToolContext): Promise<ToolOutput> {
    return writeStdin(readJson(input, WriteArguments), context, this.#ports, this.#processes);
  }

  /** Resolves when none of them runs any more. */
  async close(): Promise<void> {
    await this.#processes.close();
  }
}
