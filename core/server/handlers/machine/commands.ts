import { resolve } from 'node:path';

import { CommandError, type CommandOutput, type CommandSpec } from '../../../commands/index.ts';
import {
  DEFAULT_PERMISSIONS,
  type Permissions,
  startingPermissions,
} from '../../../permissions/index.ts';
import { type CommandExecParams, RpcErrorCode } from '../../../protocol/index.ts';
import { invalidRequest, RpcError } from '../../../rpc/index.ts';
import { ReaderPace } from '../../../threads/index.ts';
import type { Services } from '../../services.ts';
import type { Client } from '../../subscriptions.ts';
import type { Handlers } from '../handler.ts';
import { bytesOf, checkOwner, loaded, refusing } from '../params.ts';
import { requestedPermissions } from '../permissions.ts';

type CommandHandlers = Pick<
  Handlers,
  'command/exec' | 'command/exec/write' | 'command/exec/terminate' | 'command/exec/resize'
>;

const DEFAULT_TIMEOUT_MS = 10_000;
const DEFAULT_SIZE = { rows: 24, cols: 80 };
const DEFAULT_CAP_BYTES = 1024 * 1024;
/** Where no bound is asked for: what is not streamed goes out in one message, which has one. */
const MAX_KEPT_BYTES = 4 * 1024 * 1024;

/** Programs that a client has run, outside of any thread (app-server §12). */
export function commandHandlers(services: Services): CommandHandlers {
  const { commands } = services;
  return {
    'command/exec': async (params, client) => {
      checkOwner(client, 'Having a program run');
      checkExec(params);
      const processId = params.processId ?? undefined;
      const spec = specOf(params, client, services);
      return { result: await refusing(commands.run(client, processId, spec), asRefusal) };
    },

    'command/exec/write': async ({ processId, deltaBase64, closeStdin }, client) => {
      const bytes = isGiven(deltaBase64) ? bytesOf(deltaBase64, 'deltaBase64') : undefined;
      if (bytes === undefined && closeStdin !== true) {
        throw badParams('command/exec/write requires deltaBase64 or closeStdin');
      }
      const write = async (): Promise<void> => {
        const command = await commands.named(client, processId);
        if (bytes !== undefined) command.write(bytes);
        if (closeStdin === true) command.closeInput();
      };
      await refusing(write(), asRefusal);
      return { result: {} };
    },

    'command/exec/terminate': async ({ processId }, client) => {
      const command = await refusing(commands.named(client, processId), asRefusal);
      command.kill();
      return { result: {} };
    },

    'command/exec/resize': async ({ processId, size }, client) => {
      const resize = async (): Promise<void> => {
        const command = await commands.named(client, processId);
        command.resize(size);
      };
      await refusing(resize(), asRefusal);
      return { result: {} };
    },
  };
}

/** Refuses what makes no sense, and what cannot be had, before anything is started. */
function checkExec(params: CommandExecParams): void {
  const { processId, timeoutMs, tty, streamStdin, streamStdoutStderr } = params;
  if (params.command.length === 0) throw invalidRequest('command must not be empty');
  const isNamed = isGiven(processId);
  if (!isNamed && [tty, streamStdin, streamStdoutStderr].includes(true)) {
    throw invalidRequest('command/exec tty or streaming requires a client-supplied processId');
  }
  if (isGiven(timeoutMs) && params.disableTimeout === true) {
    throw badParams('command/exec cannot set both timeoutMs and disableTimeout');
  }
  if (isGiven(timeoutMs) && timeoutMs < 0) {
    throw badParams(`command/exec timeoutMs must be non-negative, got ${timeoutMs}`);
  }
  if (isGiven(params.outputBytesCap) && params.disableOutputCap === true) {
    throw badParams('command/exec cannot set both outputBytesCap and disableOutputCap');
  }
  if (isGiven(params.size) && tty !== true) throw badParams('command/exec size requires tty: true');
}

async function specOf(
  params: CommandExecParams,
  client: Client,
  services: Services,
): Promise<CommandSpec> {
  checkSandbox(await permissionsOf(params, services));
  const { cwd, env } = services.options;
  const [program = '', ...args] = params.command;
  // What is shown in a terminal is of use while it is shown.
  const isStreamed = params.streamStdoutStderr === true || params.tty === true;
  return {
    program,
    args,
    cwd: resolve(cwd, params.cwd ?? '.'),
    env: { ...env, ...environmentOf(params.env) },
    timeoutMs:
      params.disableTimeout === true ? undefined : (params.timeoutMs ?? DEFAULT_TIMEOUT_MS),
    capBytes: capOf(params, isStreamed),
    takesInput: params.streamStdin === true,
    terminal: params.tty === true ? (params.size ?? DEFAULT_SIZE) : undefined,
    onOutput: isStreamed ? teller(client, params.processId ?? '', services) : undefined,
  };
}

function capOf(
  { disableOutputCap, outputBytesCap }: CommandExecParams,
  isStreamed: boolean,
): number {
  const asked = disableOutputCap === true ? Infinity : (outputBytesCap ?? DEFAULT_CAP_BYTES);
  return isStreamed ? asked : Math.min(asked, MAX_KEPT_BYTES);
}

const environmentOf = (asked: CommandExecParams['env']): Record<string, string | undefined> =>
  Object.fromEntries(
    Object.entries(asked ?? {}).map(([name, value]) => [name, value ?? undefined]),
  );

/** Tells the client each piece, and holds the program back while the client is far behind. */
function teller(
  client: Client,
  processId: string,
  { clock }: Services,
): (output: CommandOutput) => Promise<void> | undefined {
  const pace = new ReaderPace(
    { clock, unreadBytes: () => client.unreadBytes },
    new AbortController().signal,
  );
  return ({ stream, bytes, isCapReached }) => {
    const deltaBase64 = bytes.toString('base64');
    client.notify('command/exec/outputDelta', {
      processId,
      stream,
      deltaBase64,
      capReached: isCapReached,
    });
    return pace.pause();
  };
}

/** As the request says, else as the settings do, which are not looked at where they do not matter; within what is allowed. */
async function permissionsOf(
  { sandboxPolicy, permissionProfile }: CommandExecParams,
  services: Services,
): Promise<Permissions> {
  if (isGiven(sandboxPolicy) && isGiven(permissionProfile)) {
    throw invalidRequest('`permissionProfile` cannot be combined with `sandboxPolicy`');
  }
  if (isGiven(sandboxPolicy)) {
    const allowed = await loaded(services.readRequirements());
    return requestedPermissions({ ...DEFAULT_PERMISSIONS, allowed }, { sandboxPolicy });
  }
  const { config, requirements } = await loaded(services.resolveConfig());
  const { permissions } = startingPermissions(config, requirements);
  return requestedPermissions(permissions, { permissions: permissionProfile });
}

/** A sandbox that is asked for and cannot be had is refused: to run without one is for the person to say. */
function checkSandbox({ policy: { files } }: Permissions): void {
  if (files.kind !== 'restricted') return;
  throw invalidRequest(
    'command/exec cannot keep a program within the sandbox that is asked for, because there is none yet; it runs programs for those who ask for `dangerFullAccess`',
  );
}

function asRefusal(error: unknown): RpcError | undefined {
  if (!(error instanceof CommandError)) return undefined;
  return error.code === 'refused'
    ? invalidRequest(error.message)
    : new RpcError(RpcErrorCode.internalError, error.message);
}

const badParams = (message: string): RpcError => new RpcError(RpcErrorCode.invalidParams, message);

const isGiven = <Value>(value: Value | null | undefined): value is Value =>
  value !== null && value !== undefined;
