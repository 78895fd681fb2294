import { randomUUID } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';

import { errorText } from '../../base/index.ts';
import { CommandError } from '../../commands/index.ts';
import { type CommandJudgement, judgeCommand } from '../../commandRules/index.ts';
import type { ResolvedPermissions } from '../../permissions/index.ts';
import { applyPatch, patchOfScript } from '../applyPatch/index.ts';
import type { NewItem, ToolContext } from '../contract.ts';
import { STOPPED_OUTPUT } from '../stopped.ts';
import { AgentProcess } from './agentProcess.ts';
import { approvalNeed, mayAskAgain } from './approvalNeed.ts';
import { clampedMs, type ExecArguments } from './arguments.ts';
import { refusalOf } from './asking.ts';
import { commandEnvironment } from './commandEnvironment.ts';
import type { ExecPorts } from './ports.ts';
import type { ProcessTable } from './processTable.ts';
import { shellArgv, shownCommand } from './shell.ts';
import { ShownCommand } from './shownCommand.ts';
import { COMMAND_ID, endStrays } from './strays.ts';
import { startedInTurn } from './turnTies.ts';
import { processReport, waitFor } from './waitFor.ts';

const WAIT_MS = { least: 250, most: 30_000, unasked: 10_000 };
const TERMINAL = { rows: 24, cols: 80 };
const UNBOUNDED: ResolvedPermissions = { files: { kind: 'unrestricted' }, network: 'enabled' };

/** A command on its way from the model's call to its end. */
type Attempt = {
  readonly args: ExecArguments;
  readonly context: ToolContext;
  readonly argv: readonly [string, ...string[]];
  readonly cwd: string;
  readonly judgement: CommandJudgement;
  readonly shown: ShownCommand;
  readonly id: number;
  readonly permissions: ResolvedPermissions;
};

/** Runs a command of the model: judged, approved, held to what its turn may touch, shown, and told of. */
export async function execCommand(
  args: ExecArguments,
  context: ToolContext,
  ports: ExecPorts,
  processes: ProcessTable,
): Promise<string> {
  const { environment } = context;
  if (environment === undefined) return 'There is no folder to run commands in.';
  const cwd = resolve(environment.cwd, args.workdir ?? '.');
  const script = patchOfScript(args.cmd);
  if (script?.kind === 'bare') return script.output;
  if (script?.kind === 'patch') {
    const { output } = await applyPatch(script.patch, context, resolve(cwd, script.folder ?? '.'));
    return output;
  }
  const place = processes.reserve();
  try {
    await checkFolder(cwd);
    const { env } = ports;
    const argv = shellArgv(args.cmd, { shell: args.shell, isLogin: args.login ?? true, env });
    const rules = await ports.rules();
    const judgement = judgeCommand(args.cmd, { cwd, rules, shell: argv[0] });
    const item: Extract<NewItem, { type: 'commandExecution' }> = {
      type: 'commandExecution',
      id: context.callId,
      pluginId: null,
      scriptPath: null,
      command: shownCommand(argv),
      cwd,
      processId: String(place.id),
      source: 'unifiedExecStartup',
      status: 'inProgress',
      commandActions: judgement.actions,
      aggregatedOutput: null,
      exitCode: null,
      durationMs: null,
    };
    const shown = new ShownCommand(
      item,
      (started) => context.startLastingItem(started),
      ports.clock,
    );
    const attempt: Attempt = {
      args,
      context,
      argv,
      cwd,
      judgement,
      shown,
      id: place.id,
      permissions: context.permissions(),
    };
    try {
      return await run(attempt, ports, processes, place.keep);
    } catch (error) {
      shown.print(errorText(error));
      shown.complete('failed');
      throw error;
    }
  } finally {
    place.release();
  }
}

async function run(
  attempt: Attempt,
  ports: ExecPorts,
  processes: ProcessTable,
  keep: (process: AgentProcess) => void,
): Promise<string> {
  const { args, context, judgement, shown, permissions } = attempt;
  const isBounded = !isUnbounded(permissions);
  const wants = args.sandbox_permissions === 'require_escalated' ? 'outside' : 'sandbox';
  const need = approvalNeed({ policy: context.approvalPolicy, judgement, wants, isBounded });
  const question = {
    command: shown.item.command,
    cwd: attempt.cwd,
    actions: judgement.actions,
    justification: args.justification,
    keysFor: (isOutside: boolean) =>
      // An answer for one way to run it is none for another.
      judgement.keys.map((key) => JSON.stringify([key, isOutside, args.tty === true])),
  };
  const refusal = await refusalOf(need, question, context, isBounded && wants === 'outside');
  if (refusal !== undefined) {
    shown.complete('declined');
    return refusal;
  }
  const first = await runOnce(attempt, wants === 'outside', ports, keep);
  const report = reportOf(first.process, attempt, ports, processes);
  if (!first.isDenied) return report;
  const again = await refusalOf(
    {
      kind: 'ask',
      why: 'The sandbox has refused it something. It is to run again, outside the sandbox.',
    },
    question,
    context,
    true,
  );
  if (again !== undefined) {
    complete(shown, first.process.exitCode ?? 1);
    return `${report}\n\nThe sandbox refused it something. Whether it may run outside was asked: ${again}`;
  }
  const { process } = await runOnce(attempt, true, ports, keep);
  return reportOf(process, attempt, ports, processes);
}

async function checkFolder(cwd: string): Promise<void> {
  const found = await stat(cwd).catch(() => undefined);
  if (found?.isDirectory() !== true) throw new Error(`There is no folder ${cwd}.`);
}

type Ran = {
  readonly process: AgentProcess;
  /** The sandbox refused it something, and people may be asked to run it without. */
  readonly isDenied: boolean;
};

async function runOnce(
  { args, context, argv, cwd, shown, permissions }: Attempt,
  isOutside: boolean,
  ports: ExecPorts,
  keep: (process: AgentProcess) => void,
): Promise<Ran> {
  const id = randomUUID();
  const isOffline = !isOutside && permissions.network === 'restricted';
  const env = commandEnvironment({
    inherited: ports.env,
    policy: ports.environmentPolicy,
    keyNames: ports.keyNames,
    told: {
      PARLEY_THREAD_ID: ports.threadId,
      [COMMAND_ID]: id,
      ...(isOffline && {
        PARLEY_SANDBOX_NETWORK_DISABLED: '1',
        CODEX_SANDBOX_NETWORK_DISABLED: '1',
      }),
    },
  });
  const isTerminal = args.tty === true;
  const sandbox = await ports.sandbox();
  const prepared = await sandbox.prepare(
    { argv, cwd, env, isTerminal },
    isOutside ? UNBOUNDED : permissions,
  );
  const mayRetry = prepared.isSandboxed && mayAskAgain(context.approvalPolicy);
  let isWaitedFor = true;
  let isDenied = false;
  let process: AgentProcess;
  try {
    context.signal.throwIfAborted();
    process = await AgentProcess.start({
      spec: {
        program: prepared.program,
        args: prepared.args,
        cwd: prepared.cwd,
        env: prepared.env,
        takesInput: false,
        terminal: isTerminal ? TERMINAL : undefined,
        endStrays: prepared.isSandboxed
          ? undefined
          : () => {
              endStrays(id);
            },
      },
      clock: ports.clock,
      shown,
      isOutside: isOutside && !isUnbounded(permissions),
      onEnd: ({ unreadOutput: output, shown: last }, exitCode) => {
        prepared.dispose();
        isDenied =
          mayRetry &&
          isWaitedFor &&
          !context.signal.aborted &&
          sandbox.wasDenied({ exitCode, output }, prepared);
        if (!isDenied) complete(last, exitCode);
      },
    });
  } catch (error) {
    prepared.dispose();
    throw error instanceof CommandError ? error : new Error(errorText(error), { cause: error });
  }
  keep(process);
  startedInTurn(process, context);
  const waitMs = clampedMs(args.yield_time_ms, WAIT_MS);
  await waitFor(process, waitMs, ports.clock, context.signal);
  if (context.signal.aborted) await process.ended;
  isWaitedFor = false;
  return { process, isDenied };
}

function complete(shown: ShownCommand, exitCode: number): void {
  shown.complete(exitCode === 0 ? 'completed' : 'failed', exitCode);
}

function reportOf(
  process: AgentProcess,
  { args, context, id }: Attempt,
  { clock }: ExecPorts,
  processes: ProcessTable,
): string {
  const report = processReport(process, id, args.max_output_tokens, process.startedAtMs, clock);
  if (process.exitCode !== undefined) processes.forget(id);
  return context.signal.aborted ? `${STOPPED_OUTPUT}\n${report}` : report;
}

const isUnbounded = ({ files, network }: ResolvedPermissions): boolean =>
  files.kind === 'external' || (files.kind === 'unrestricted' && network === 'enabled');
