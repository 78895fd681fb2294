import type { ResolvedPermissions } from '../permissions/index.ts';
import { Bubblewrap } from './bubblewrap/index.ts';
import type { CommandSandbox, PreparedCommand, SandboxCommand } from './contract.ts';
import { isDenial } from './denial.ts';
import { SandboxError } from './errors.ts';
import { prepareWithSeatbelt } from './seatbelt/index.ts';

export type SandboxPorts = {
  readonly platform: NodeJS.Platform;
  /** Parley's own folder: what a sandbox needs of the disk is there. */
  readonly home: string;
};

/** The sandbox of this machine's system. */
export function createSandbox({ platform, home }: SandboxPorts): CommandSandbox {
  const bubblewrap = new Bubblewrap(home);
  const permissionsOf = new WeakMap<PreparedCommand, ResolvedPermissions>();
  const prepareOn = async (
    system: NodeJS.Platform,
    command: SandboxCommand,
    permissions: ResolvedPermissions,
  ): Promise<PreparedCommand> => {
    if (system === 'linux') return bubblewrap.prepare(command, permissions);
    if (system === 'darwin') return prepareWithSeatbelt(command, permissions);
    throw noSandbox(system);
  };
  return {
    prepare: async (command, permissions) => {
      if (isUnbounded(permissions)) return bare(command);
      const prepared = await prepareOn(platform, command, permissions);
      permissionsOf.set(prepared, permissions);
      return prepared;
    },
    wasDenied: (outcome, prepared) => {
      const permissions = permissionsOf.get(prepared);
      return permissions !== undefined && isDenial(outcome, permissions, prepared.cwd);
    },
  };
}

const noSandbox = (platform: NodeJS.Platform): SandboxError =>
  new SandboxError(
    'unavailable',
    `Parley has no sandbox for commands on ${platform}, so none is run. Commands run there only with full access.`,
  );

/** Nothing is to be enforced, or somebody else does. */
const isUnbounded = ({ files, network }: ResolvedPermissions): boolean =>
  files.kind === 'external' || (files.kind === 'unrestricted' && network === 'enabled');

function bare({ argv: [program = '', ...args], cwd, env }: SandboxCommand): PreparedCommand {
  return { program, args, cwd, env: { ...env }, isSandboxed: false, dispose: () => undefined };
}
