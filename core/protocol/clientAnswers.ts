import type * as z from 'zod';

import type { ServerRequestMethod } from './registry.ts';
import * as requests from './requests/index.ts';

/** What a client answers to each request of the server. */
export const clientAnswers = {
  'item/tool/requestUserInput': requests.ToolRequestUserInputResponse,
  'item/tool/call': requests.DynamicToolCallResponse,
  'item/commandExecution/requestApproval': requests.CommandApprovalResponse,
  'item/fileChange/requestApproval': requests.FileChangeApprovalResponse,
  'item/permissions/requestApproval': requests.PermissionsApprovalResponse,
  'mcpServer/elicitation/request': requests.McpElicitationResponse,
} as const satisfies Record<ServerRequestMethod, z.ZodType>;

/** What a client answers to a request of the server. */
export type ServerRequestResponseOf<M extends ServerRequestMethod> = z.output<
  (typeof clientAnswers)[M]
>;
