import type { Engine, EngineOptions } from '../../core/index.ts';
import type { CreateEngine } from './loadEngine.ts';
import { type EngineArgs, homeFolder } from './process/index.ts';

/** What starting an engine takes from the process it runs in. */
export type StartDeps = {
  readonly env: EngineOptions['env'];
  readonly cwd: string;
  readonly version: string;
  readonly loadEngine: () => Promise<CreateEngine>;
};

/** Loads and starts an engine; throws a `ProductError` with one clear sentence on a bad configuration. */
export async function startEngine(args: EngineArgs, deps: StartDeps): Promise<Engine> {
  const createEngine = await deps.loadEngine();
  const { env, cwd, version } = deps;
  const { configOverrides, enable, disable } = args;
  return createEngine({
    home: homeFolder(env),
    cwd,
    env,
    configOverrides,
    enable,
    disable,
    version,
  });
}
