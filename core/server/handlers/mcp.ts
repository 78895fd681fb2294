import { RpcErrorCode } from '../../protocol/index.ts';
import { RpcError } from '../../rpc/index.ts';
import type { Services } from '../services.ts';
import type { Handlers } from './handler.ts';
import { checkId, pageStart } from './params.ts';

type McpHandlers = Pick<
  Handlers,
  'config/mcpServer/reload' | 'mcpServerStatus/list' | 'mcpServer/resource/read'
>;

/** Tool servers, as far as there are any: the agent has none (app-server §11). */
export function mcpHandlers({ threads }: Pick<Services, 'threads'>): McpHandlers {
  const checkThread = (threadId: string | null | undefined): void => {
    if (threadId === undefined || threadId === null) return;
    checkId(threadId);
    threads.require(threadId);
  };
  return {
    // Settings are read again whenever they are needed.
    'config/mcpServer/reload': () => ({ result: {} }),

    'mcpServerStatus/list': ({ threadId, cursor }) => {
      checkThread(threadId);
      pageStart(cursor);
      return { result: { data: [], nextCursor: null } };
    },

    'mcpServer/resource/read': ({ threadId, server }) => {
      checkThread(threadId);
      throw new RpcError(RpcErrorCode.internalError, `unknown MCP server '${server}'`);
    },
  };
}
