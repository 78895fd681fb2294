import process from 'node:process';

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
import { nodeTalkFiles, runTalk } from '../talk/index.ts';

export type TalkCommandOptions = EngineArgs & {
  readonly inputPath: string;
  readonly output?: string;
  readonly transport: string;
  readonly text?: boolean;
  readonly json?: boolean;
  readonly prompt?: string;
};

/** `parley talk`: one spoken exchange through an engine in this process. */
export async function runTalkCommand(
  options: TalkCommandOptions,
  { io }: ProgramContext,
): Promise<number> {
  const { transport, text = false, json = false, output, prompt, inputPath } = options;
  if (transport !== 'websocket' && transport !== 'webrtc') {
    throw new CommandError(`--transport is websocket or webrtc, not ${transport}.`, 2);
  }
  const signal = stopSignal();
  const cwd = workingFolder();
  const facts = { env: process.env, cwd, version: VERSION, loadEngine };
  const { engine, client } = await connectToEngine(options, facts, io);
  try {
    return await runTalk(
      {
        inputPath,
        cwd,
        version: VERSION,
        transport,
        text,
        json,
        ...(output === undefined ? {} : { outputPath: output }),
        ...(prompt === undefined ? {} : { prompt }),
      },
      {
        client,
        io,
        files: nodeTalkFiles,
        clock: hostClock,
        loadCaller: async () => (await import('../../../realtime/rtc/index.ts')).createCaller,
        signal,
      },
    );
  } finally {
    client.close();
    await engine.close();
  }
}
