import { spawn } from 'node:child_process';
import process from 'node:process';

import type { ResolvedPermissions } from '../../permissions/index.ts';
import {
  type CommandOutcome,
  type CommandSandbox,
  createSandbox,
  type PreparedCommand,
  type SandboxCommand,
  SandboxError,
} from '../index.ts';

/** What a sandbox is asked to run; plain data, so that it can be sent to a process of another user. */
export type RunRequest = {
  readonly home: string;
  readonly command: SandboxCommand;
  readonly permissions: ResolvedPermissions;
};

/** How it went: what both streams said, or why it was not started. */
export type Ran = (CommandOutcome & { readonly wasDenied: boolean }) | { readonly refused: string };

const sandboxes = new Map<string, CommandSandbox>();

/** Prepares a command as the agent does, and runs it to its end; one sandbox for each home. */
export async function runPrepared({ home, command, permissions }: RunRequest): Promise<Ran> {
  const sandbox = sandboxes.get(home) ?? createSandbox({ platform: process.platform, home });
  sandboxes.set(home, sandbox);
  try {
    const prepared = await sandbox.prepare(command, permissions);
    try {
      const outcome = await outcomeOf(prepared);
      return { ...outcome, wasDenied: sandbox.wasDenied(outcome, prepared) };
    } finally {
      prepared.dispose();
    }
  } catch (error) {
    if (error instanceof SandboxError) return { refused: error.message };
    throw error;
  }
}

function outcomeOf({ program, args, cwd, env }: PreparedCommand): Promise<CommandOutcome> {
  const { promise, resolve, reject } = Promise.withResolvers<CommandOutcome>();
  const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('latin1').on('data', (text: string) => {
      output += text;
    });
  }
  child.on('error', reject);
  child.on('close', (exitCode) => {
    resolve({ exitCode: exitCode ?? 1, output });
  });
  return promise;
}
