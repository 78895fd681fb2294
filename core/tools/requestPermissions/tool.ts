import type { PermissionsMachine } from '../../permissions/index.ts';
import type { Tool } from '../contract.ts';
import { jsonTool } from '../jsonTool.ts';
import type { ToolSource } from '../registry.ts';
import { argumentsOf } from './arguments.ts';

/** Asks people to let the turn, or the thread, do more than its permissions say (permissions §4). */
const requestPermissionsTool = (machine: PermissionsMachine): Tool => ({
  ...jsonTool({
    name: 'request_permissions',
    description:
      'Asks the user to let later commands and patches touch more than they may: read or write further ' +
      'places, or use the network. Ask for as little as the task needs, once, with the reason. What is ' +
      'granted may be less than what was asked for, and holds for this turn or for the session.',
    concurrency: 'serial',
    arguments: argumentsOf(),
    async run(asked, context) {
      const { askForPermissions } = await import('./ask.ts');
      context.signal.throwIfAborted();
      return askForPermissions(asked, context, machine);
    },
  }),
  needs: 'environment',
});

/** Offers it where the feature is on. */
export function permissionTools(machine: PermissionsMachine): ToolSource {
  let tool: Tool | undefined;
  return {
    toolsFor: ({ features }) => {
      if (features?.isEnabled('request_permissions_tool') !== true) return [];
      tool ??= requestPermissionsTool(machine);
      return [tool];
    },
  };
}
