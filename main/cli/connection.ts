import type { Engine } from '../../core/index.ts';
import { AppServerClient } from '../../core/protocol/index.ts';
import { createMemoryTransportPair } from '../../core/rpc/index.ts';
import { CommandError, type EngineArgs, type StartDeps, startEngine } from '../engine/index.ts';

/**
 * Starts an engine in this process and connects to it. For commands, a doubtful configuration is an
 * error: a misspelt key would otherwise go unnoticed.
 */
export async function connectToEngine(
  args: EngineArgs,
  deps: StartDeps,
): Promise<{ engine: Engine; client: AppServerClient }> {
  let engine: Engine;
  try {
    engine = await startEngine(args, deps);
  } catch (error) {
    throw new CommandError(error instanceof Error ? error.message : String(error), 2, {
      cause: error,
    });
  }
  const [warning] = engine.warnings;
  if (warning !== undefined) {
    await engine.close();
    throw new CommandError(warning, 2);
  }
  const [near, far] = createMemoryTransportPair();
  // A listener of ours that throws is a mistake of ours, and is not hidden.
  const client = new AppServerClient(near, (error) => {
    queueMicrotask(() => {
      throw error;
    });
  });
  engine.connect(far);
  return { engine, client };
}
