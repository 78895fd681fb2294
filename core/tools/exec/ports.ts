import type { Clock } from '../../base/index.ts';
import type { Rule } from '../../commandRules/index.ts';
import type { CommandSandbox } from '../../sandbox/index.ts';
import type { ShellEnvironmentPolicy } from './commandEnvironment.ts';

/** What commands of a thread reach out for. */
export type ExecPorts = {
  readonly threadId: string;
  readonly clock: Clock;
  /** Of this process; what of it programs see is up to the policy. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly environmentPolicy: ShellEnvironmentPolicy;
  /** Variables that the settings take keys from. */
  readonly keyNames: readonly string[];
  readonly sandbox: () => Promise<CommandSandbox>;
  /** What the user has decided about commands, as it is now. */
  readonly rules: () => Promise<readonly Rule[]>;
};
