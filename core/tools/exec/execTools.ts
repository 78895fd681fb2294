import { AsyncLazy } from '../../base/index.ts';
import type { FunctionTool, ToolOutput } from '../../model/index.ts';
import type { Tool, ToolContext } from '../contract.ts';
import type { ToolSource } from '../registry.ts';
import type { ExecPorts } from './ports.ts';
import { EXEC_COMMAND, WRITE_STDIN } from './specs.ts';

/** Commands of one thread. What runs them is loaded with the first. */
export function execTools(ports: ExecPorts): ToolSource {
  const session = new AsyncLazy(async () => {
    const { ExecSession } = await import('./execSession.ts');
    return new ExecSession(ports);
  });
  const tool = (
    spec: FunctionTool,
    run: (
      loaded: Awaited<ReturnType<typeof session.get>>,
      input: string,
      context: ToolContext,
    ) => Promise<ToolOutput>,
  ): Tool => ({
    spec,
    concurrency: 'parallel',
    needs: 'environment',
    run: async (input, context) => run(await session.get(), input, context),
  });
  const tools = [
    tool(EXEC_COMMAND, async (loaded, input, context) => loaded.exec(input, context)),
    tool(WRITE_STDIN, async (loaded, input, context) => loaded.write(input, context)),
  ];
  return {
    toolsFor: () => tools,
    close: async () => {
      const loaded = await session.made();
      await loaded?.close();
    },
  };
}
