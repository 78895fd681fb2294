import { isAbsolute, resolve } from 'node:path';

import { errorText, ProductError } from '../../../base/index.ts';
import { ownerSettingIn } from '../../../config/index.ts';
import { defaultModel } from '../../../models/index.ts';
import type {
  ClientMethod,
  ThreadEnvironment,
  ThreadResumeParams,
  ThreadStartParams,
  TraceContext,
  TurnEnvironmentParams,
} from '../../../protocol/index.ts';
import { invalidRequest, RpcError } from '../../../rpc/index.ts';
import {
  localEnvironments,
  selectedEnvironments,
  type ThreadSettings,
} from '../../../threads/index.ts';
import { BASE_INSTRUCTIONS } from '../../instructions.ts';
import type { Services } from '../../services.ts';
import type { Client } from '../../subscriptions.ts';
import {
  type ReadableThread,
  readThread,
  type ThreadConfig,
  threadSettings,
} from '../../threads/index.ts';
import { checkId, checkOwnerSetting } from '../params.ts';
import { startPermissions } from '../permissions.ts';

/** A thread's file has its id in its name. */
const ID_IN_PATH = /([\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})\.jsonl$/iu;

/** A thread to look at, loaded or not; refuses in the protocol's words where there is none (app-server §3). */
export async function readableThread(
  { threads, store, options }: Services,
  threadId: string,
): Promise<ReadableThread> {
  checkId(threadId);
  const found = await readThread(threadId, { threads, store, version: options.version });
  if (found === undefined) throw invalidRequest(`thread not loaded: ${threadId}`);
  return found;
}

/** The thread that is to be opened, by its file where one is named; refuses what can be none. */
export function threadIdAsked({
  threadId,
  path,
}: Pick<ThreadResumeParams, 'threadId' | 'path'>): string {
  if (path === undefined || path === null || path === '') {
    checkId(threadId);
    return threadId;
  }
  const named = ID_IN_PATH.exec(path)?.[1];
  if (named === undefined) throw invalidRequest(`no rollout found at ${path}`);
  return named.toLowerCase();
}

/** What the store says on purpose, a client is told in its words. */
export function refuse(error: unknown): never {
  throw error instanceof ProductError ? invalidRequest(error.message) : error;
}

/** What the peer says where it has nothing to read from (app-server §3); what failed otherwise stays as it is. */
export const unsupported =
  (method: ClientMethod) =>
  (error?: unknown): never => {
    if (error !== undefined && !(error instanceof RpcError)) throw error;
    throw new RpcError(-32_601, `${method} is not supported yet`);
  };

type ThreadRequest = Omit<ThreadStartParams, 'ephemeral' | 'threadSource' | 'sessionStartSource'>;

/** Where a thread works by what a request says; refuses what there is not. */
export function placeAsked({
  cwd,
  runtimeWorkspaceRoots,
  environments,
}: Pick<ThreadRequest, 'runtimeWorkspaceRoots' | 'environments'> & {
  readonly cwd: string;
}): Pick<ThreadSettings, 'cwd' | 'environments'> {
  if (!Array.isArray(environments)) {
    return { cwd, environments: localEnvironments(cwd, runtimeWorkspaceRoots ?? undefined) };
  }
  const selected = environmentsAsked(environments, cwd);
  return { cwd: selected[0]?.cwd ?? cwd, environments: selected };
}

/** Environments that a request names; refuses what there is not. */
export function environmentsAsked(
  asked: readonly TurnEnvironmentParams[],
  base: string,
): readonly ThreadEnvironment[] {
  try {
    return selectedEnvironments(asked, base);
  } catch (error) {
    return refuse(error);
  }
}

/** What a request to open a thread comes to over the configuration; refuses what cannot be. */
export async function threadConfigOf(
  services: Services,
  params: ThreadRequest,
  { client, trace }: { readonly client: Client; readonly trace: TraceContext | undefined },
): Promise<ThreadConfig> {
  try {
    checkOwnerSetting(client, ownerSettingIn(params.config ?? {}));
    const resolved = await services.resolveConfig({
      ...params.config,
      ...(typeof params.modelProvider === 'string' ? { model_provider: params.modelProvider } : {}),
    });
    const { config, provider } = resolved;
    const catalogue = await services.providers.catalogues.prepare(provider);
    const base = client.cwd;
    const cwd = params.cwd ?? base;
    const values = {
      ...placeAsked({ ...params, cwd: isAbsolute(cwd) ? cwd : resolve(base, cwd) }),
      model: params.model ?? config.model ?? defaultModel(provider.kind),
      modelProvider: provider.id,
      instructions: params.baseInstructions ?? BASE_INSTRUCTIONS,
    };
    return {
      config,
      requestConfig: params.config ?? undefined,
      provider,
      catalogue,
      asked: {
        model: typeof params.model === 'string',
        cwd: typeof params.cwd === 'string' || Array.isArray(params.environments),
      },
      originator: client.clientName,
      userAgent: client.userAgent,
      trace,
      settings: threadSettings(values, resolved, catalogue, {
        developerInstructions: params.developerInstructions ?? undefined,
        serviceTier: params.serviceTier,
        permissions: startPermissions(resolved, params, client),
      }),
    };
  } catch (error) {
    if (!(error instanceof ProductError) || error instanceof RpcError) throw error;
    throw invalidRequest(`failed to load configuration: ${errorText(error)}`);
  }
}
