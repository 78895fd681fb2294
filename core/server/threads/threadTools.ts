import type { Config } from '../../config/index.ts';
import type { PermissionsMachine } from '../../permissions/index.ts';
import type { TextClient } from '../../providers/index.ts';
import type { ThreadMeta } from '../../store/index.ts';
import {
  dynamicTools,
  type ExecPorts,
  execTools,
  fileTools,
  permissionTools,
  standardTools,
  type Tool,
  ToolRegistry,
  type ToolSource,
} from '../../tools/index.ts';

import type { Subscriptions } from '../subscriptions.ts';

/** What tools of all threads share. */
export type ThreadToolsPorts = Pick<ExecPorts, 'clock' | 'env' | 'rules' | 'sandbox'> & {
  readonly machine: PermissionsMachine;
};

/** The tools of one thread, which end with it. */
export function threadTools(
  { id: threadId, dynamicTools: declared = [] }: Pick<ThreadMeta, 'id' | 'dynamicTools'>,
  config: Pick<Config, 'shellEnvironment' | 'modelProviders'>,
  text: Pick<TextClient, 'takesFreeText'>,
  ports: ThreadToolsPorts & { readonly subscriptions: Pick<Subscriptions, 'isOwnersAlone'> },
): ToolRegistry {
  const isOwnersAlone = (): boolean => ports.subscriptions.isOwnersAlone(threadId);
  const exec = execTools({
    ...ports,
    threadId,
    environmentPolicy: config.shellEnvironment,
    keyNames: keyNamesOf(config),
  });
  return new ToolRegistry([
    standardTools,
    forOwners(fileTools(text), isOwnersAlone),
    forOwners(exec, isOwnersAlone),
    forOwners(permissionTools(ports.machine), isOwnersAlone),
    dynamicTools(declared),
  ]);
}

/** Tools that touch this machine, for threads in which nobody but their user has a say (ARCHITECTURE.md, invariant 6). */
function forOwners(source: ToolSource, isOwnersAlone: () => boolean): ToolSource {
  const guarded = (tool: Tool): Tool => ({
    ...tool,
    run: async (input, context) =>
      isOwnersAlone()
        ? tool.run(input, context)
        : 'Somebody without a token has joined this conversation, so nothing is run or changed in it.',
  });
  return {
    ...source,
    toolsFor: (sampling) => (isOwnersAlone() ? source.toolsFor(sampling).map(guarded) : []),
  };
}

/** Variables that hold keys of providers, whatever they are called. */
function keyNamesOf({ modelProviders }: Pick<Config, 'modelProviders'>): readonly string[] {
  const names = Array.from(modelProviders.values()).flatMap(({ envKey, envHttpHeaders }) => [
    envKey,
    Object.values(envHttpHeaders),
  ]);
  return names.flat().filter((name) => name !== undefined);
}
