import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import process from 'node:process';
import { text } from 'node:stream/consumers';

import {
  CommandError,
  type EngineArgs,
  hostClock,
  loadEngine,
  workingFolder,
} from '../../engine/index.ts';
import { VERSION } from '../../version.ts';
import { stopSignal } from '../commandIo.ts';
import { connectToEngine } from '../connection.ts';
import type { ProgramContext } from '../context.ts';
import { execTurn } from '../exec/execTurn.ts';
import { terminalLine } from '../exec/terminalLine.ts';

export type ExecOptions = EngineArgs & {
  /** `-` reads the prompt from standard input. */
  readonly prompt: string;
  readonly isJson: boolean;
  readonly model: string | undefined;
  readonly cd: string | undefined;
};

/** `parley exec`: one text turn through an engine in this process. */
export async function runExec(options: ExecOptions, { io }: ProgramContext): Promise<number> {
  const signal = stopSignal();
  const cwd = await chosenFolder(options.cd);
  const prompt = options.prompt === '-' ? await text(process.stdin) : options.prompt;
  if (prompt.trim() === '') throw new CommandError('The prompt is empty; say what to do.', 2);
  const facts = { env: process.env, cwd, version: VERSION, loadEngine };
  const { engine, client } = await connectToEngine(options, facts, io);
  try {
    const { isJson, model } = options;
    return await execTurn(
      { text: prompt, isJson, model, cwd, version: VERSION },
      { client, io, clock: hostClock, readLine: terminalLine(), signal },
    );
  } finally {
    client.close();
    await engine.close();
  }
}

async function chosenFolder(folder: string | undefined): Promise<string> {
  if (folder === undefined) return workingFolder();
  const cwd = resolve(folder);
  const facts = await stat(cwd).catch(() => undefined);
  if (facts?.isDirectory() !== true) {
    throw new CommandError(`There is no folder ${cwd} to work in.`, 2);
  }
  return cwd;
}
