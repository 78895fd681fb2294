import type { ResolvedPermissions } from '../permissions/index.ts';

/** A program to be run for the agent. */
export type SandboxCommand = {
  readonly argv: readonly string[];
  /** Absolute. */
  readonly cwd: string;
  /** All that the program sees of an environment. */
  readonly env: Readonly<Record<string, string>>;
  /**
   * It is started as the leader of a terminal of its own. Ctrl-C in that then reaches what runs in its foreground,
   * and not the sandbox around it.
   */
  readonly isTerminal?: boolean;
};

/** How to start it, on pipes or on a terminal alike: nothing but these has to be handed over. */
export type PreparedCommand = {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Record<string, string>;
  readonly isSandboxed: boolean;
  /** Once it has ended, or was never started; a second time does nothing. */
  dispose(): void;
};

/** How a program ended. */
export type CommandOutcome = { readonly exitCode: number; readonly output: string };

/** Holds what it starts to what permissions say. */
export interface CommandSandbox {
  /**
   * Rejects with a `SandboxError` where the permissions cannot be enforced here, and then nothing may be started.
   * What has no bounds is prepared to run bare.
   */
  prepare(command: SandboxCommand, permissions: ResolvedPermissions): Promise<PreparedCommand>;
  /** Whether a program failed because the sandbox refused it something that it would have been given outside. */
  wasDenied(outcome: CommandOutcome, prepared: PreparedCommand): boolean;
}
