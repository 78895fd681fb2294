import { Emitter } from '../../core/base/index.ts';
import type { Engine } from '../../core/index.ts';
import { AppServerClient, type ClientEvents } from '../../core/protocol/index.ts';
import { createMemoryTransportPair } from '../../core/rpc/index.ts';
import {
  CommandError,
  type EngineArgs,
  type OpenDeps,
  type OpenedEngine,
  openEngine,
} from '../engine/index.ts';
import type { CommandIo } from './commandIo.ts';

type Warning = Engine['config']['warnings'][number];

/**
 * A provider in the file that this command does not use, where what stands in an argument was meant for it; or
 * keys that cannot be read, which its provider may not need.
 */
const isOfNoConcern = (warning: Warning): boolean =>
  warning.code === 'unreadableKeys' ||
  (warning.code === 'faultyProvider' && warning.place.file !== undefined);

/**
 * Connects to the engine that runs, else to one in this process. For commands, a doubtful configuration is an
 * error: a misspelt key would otherwise go unnoticed.
 */
export async function connectToEngine(
  args: EngineArgs,
  deps: Omit<OpenDeps, 'tell'>,
  io: Pick<CommandIo, 'stderr'>,
): Promise<{ engine: OpenedEngine; client: AppServerClient }> {
  const tell = (sentence: string): void => {
    io.stderr.write(`parley: ${sentence}\n`);
  };
  let engine: OpenedEngine;
  try {
    engine = await openEngine(args, { ...deps, tell }, 'visit');
  } catch (error) {
    throw new CommandError(error instanceof Error ? error.message : String(error), 2, {
      cause: error,
    });
  }
  if (engine.config !== undefined) {
    const { fault, warnings } = engine.config;
    const doubt = fault ?? warnings.find((warning) => !isOfNoConcern(warning));
    if (doubt !== undefined) {
      await engine.close();
      throw new CommandError(doubt.message, 2);
    }
    for (const { message } of warnings) tell(message);
  }
  const [near, far] = createMemoryTransportPair();
  // A listener of ours that throws is a mistake of ours, and is not hidden.
  const events = new Emitter<ClientEvents>((error) => {
    queueMicrotask(() => {
      throw error;
    });
  });
  const client = new AppServerClient(near, events);
  // An engine that runs already has been started with its settings; it tells what is wrong with them now.
  if (engine.config === undefined) client.on('configWarning', ({ summary }) => tell(summary));
  engine.connect(far);
  return { engine, client };
}
