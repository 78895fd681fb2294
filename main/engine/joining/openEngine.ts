import { existsSync } from 'node:fs';
import process from 'node:process';

import type { Engine } from '../../../core/index.ts';
import { type EngineArgs, homeFolder } from '../process/index.ts';
import { type StartDeps, startEngine } from '../startEngine.ts';
import { claimSocket, type HeldSocket, socketPath } from './claimSocket.ts';
import type { JoiningFacts } from './facts.ts';
import { holdSocket, hostOn } from './hostOn.ts';

/** An engine, of this process or of another one that it has joined. */
export type OpenedEngine = Pick<Engine, 'connect' | 'close'> & {
  /** How the settings were found, by an engine of this process. */
  readonly config?: Engine['config'];
  /** Resolves to a sentence when an engine that was joined has ended by itself. */
  readonly lost?: Promise<string>;
};

export type OpenDeps = StartDeps & {
  /** Told in a sentence why this process has an engine of its own beside another. */
  readonly tell: (sentence: string) => void;
};

/**
 * `share` joins the engine of the home or is it, for those who come later. `visit` joins it, or has one that nobody
 * joins, because it will end soon. `keep` is it where there is none, and joins nobody; `hold` has to be it.
 */
export type Sharing = 'share' | 'visit' | 'keep' | 'hold';

/**
 * The engine for a process: one for all of a home where that is possible, so that whoever talks to Parley sees the
 * same conversations. Arguments for the engine, and `--no-join`, ask for one of its own. Throws as
 * `startEngine`.
 */
export async function openEngine(
  args: EngineArgs,
  deps: OpenDeps,
  sharing: Sharing,
): Promise<OpenedEngine> {
  if (args.join === false && sharing !== 'hold') return startEngine(args, deps);
  const home = homeFolder(deps.env);
  const path = socketPath(home);
  const facts = { ...deps, home };
  if (sharing === 'hold') return hostedEngine(await holdSocket(path), args, deps);
  const mayJoin = sharing !== 'keep' && !hasSettings(args);
  if (sharing === 'visit') {
    const isThere = process.platform === 'win32' || existsSync(path);
    const joined = mayJoin && isThere ? await joinAt(path, facts, deps) : 'nobody';
    return typeof joined === 'object' ? joined : startEngine(args, deps);
  }
  // One that ended while it was asked leaves its place to us.
  for (let attempt = 1; attempt <= 2; attempt += 1) {
    const claim = await claimSocket(path);
    if (claim.kind === 'held') return hostedEngine(claim, args, deps);
    if (claim.kind === 'impossible' || !mayJoin) break;
    const joined = await joinAt(path, facts, deps);
    if (joined === 'refused') break;
    if (joined !== 'nobody') return joined;
  }
  return startEngine(args, deps);
}

const hasSettings = ({ configOverrides, enable, disable }: EngineArgs): boolean =>
  configOverrides.length + enable.length + disable.length > 0;

/** An engine of this process that others can join. */
async function hostedEngine(
  socket: HeldSocket,
  args: EngineArgs,
  deps: OpenDeps,
): Promise<OpenedEngine> {
  const starting = startEngine(args, deps);
  const hosting = hostOn(socket, starting, deps);
  let engine: Engine;
  try {
    engine = await starting;
  } catch (error) {
    await hosting.close();
    throw error;
  }
  return {
    config: engine.config,
    connect: (transport, admission) => {
      engine.connect(transport, admission);
    },
    close: async () => {
      await hosting.close();
      await engine.close();
    },
  };
}

async function joinAt(
  path: string,
  facts: JoiningFacts,
  { tell }: OpenDeps,
): Promise<OpenedEngine | 'refused' | 'nobody'> {
  const { dial } = await import('./dial.ts');
  const result = await dial(path, facts);
  switch (result.kind) {
    case 'joined': {
      const { JoinedEngine } = await import('./joinedEngine.ts');
      return new JoinedEngine(result.socket, () => dial(path, facts));
    }
    case 'refused':
      tell(
        `Parley runs here already and is not joined, because ${result.reason}; conversations that are open there cannot be opened here.`,
      );
      return 'refused';
    case 'nobody':
      return 'nobody';
  }
}
