export type {
  CommandOutcome,
  CommandSandbox,
  PreparedCommand,
  SandboxCommand,
} from './contract.ts';
export { SandboxError } from './errors.ts';
export { createSandbox, type SandboxPorts } from './sandbox.ts';
