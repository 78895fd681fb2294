import { type Clock, errorText } from '../base/index.ts';
import type { CallInteractions } from '../interactions/index.ts';
import { CallItems, type ItemSink } from './callItems.ts';
import type { Tool, ToolCall, ToolContext, ToolResult, TurnSignals } from './contract.ts';
import { nameOf, type ToolList } from './registry.ts';
import { STOPPED_OUTPUT } from './stopped.ts';

/** What a turn gives to the tools its model calls. */
export type ToolHost = {
  readonly clock: Clock;
  readonly turn: TurnSignals;
  /** Whether the model was told that it may call several tools at once. */
  readonly isParallel: boolean;
  /** Where the turn works. */
  readonly environment: ToolContext['environment'];
  readonly permissions: ToolContext['permissions'];
  readonly grant: ToolContext['grant'];
  readonly approvalPolicy: ToolContext['approvalPolicy'];
  readonly fileChanges: ToolContext['fileChanges'];
  readonly items: ItemSink;
  readonly showPlan: ToolContext['showPlan'];
  /** Lets that call wait for people and whoever decides for them, until `signal` aborts. */
  readonly interactionsOf: (callId: string, signal: AbortSignal) => CallInteractions;
  /** Told of a call to what there is not. */
  readonly onMissing: (name: string) => void;
};

/** How long a tool of a stopped turn has for coming to its own end. */
export const STOP_DEADLINE_MS = 5_000;

const LEFT_OUTPUT =
  'Stopped by the user. It had not come to its end when the time for that was over, and was left behind.';

/**
 * Runs the calls of one answer and resolves with an output for each, in the order of the calls. Never
 * rejects: whatever goes wrong becomes an output. When the turn is stopped, tools that have not begun
 * do not begin, and the others are waited for until `STOP_DEADLINE_MS` is over.
 */
export async function runCalls(
  tools: ToolList,
  calls: readonly ToolCall[],
  host: ToolHost,
): Promise<readonly ToolResult[]> {
  // A lock for reading and writing whose order is that of the calls, so that nobody waits for ever.
  let exclusive: Promise<unknown> = Promise.resolve();
  let shared: Promise<unknown>[] = [];
  const outputs = calls.map(async (call): Promise<ToolResult> => {
    const tool = tools.find(call);
    if (tool === undefined) {
      host.onMissing(nameOf(call.name, call.namespace));
      return missingOutput(tools, call);
    }
    const run = async (): Promise<ToolResult> => runCall(tool, call, host);
    if (host.isParallel && tool.concurrency !== 'serial') {
      const output = exclusive.then(run);
      shared.push(output);
      return output;
    }
    const output = Promise.all([exclusive, ...shared]).then(run);
    exclusive = output;
    shared = [];
    return output;
  });
  return Promise.all(outputs);
}

function missingOutput(tools: ToolList, { kind, name, namespace }: ToolCall): string {
  if (kind === 'other') return `Nothing here answers a ${name}, so nothing came of it.`;
  const known = tools.names.length === 0 ? 'none' : tools.names.join(', ');
  return `There is no tool named ${nameOf(name, namespace)}. Available: ${known}.`;
}

async function runCall(tool: Tool, call: ToolCall, host: ToolHost): Promise<ToolResult> {
  if (host.turn.stopped.aborted) return STOPPED_OUTPUT;
  const over = new AbortController();
  const signal = AbortSignal.any([host.turn.stopped, over.signal]);
  const items = new CallItems(host.items);
  const context: ToolContext = {
    ...host.interactionsOf(call.callId, signal),
    callId: call.callId,
    environment: host.environment,
    permissions: host.permissions,
    grant: host.grant,
    approvalPolicy: host.approvalPolicy,
    fileChanges: host.fileChanges,
    turn: host.turn,
    signal,
    nowMs: () => host.clock.nowMs(),
    startItem: (item, unfinished = item) => items.start(item, unfinished),
    startLastingItem: (item) => items.startLasting(item),
    showPlan: (explanation, plan) => {
      if (!over.signal.aborted) host.showPlan(explanation, plan);
    },
  };
  const deadline = leftBehind(host);
  try {
    return await Promise.race([tool.run(call.input, context), deadline.output]);
  } catch (error) {
    if (host.turn.stopped.aborted) return STOPPED_OUTPUT;
    return `${nameOf(call.name, call.namespace)} failed: ${errorText(error)}`;
  } finally {
    deadline.cancel();
    over.abort();
    items.close();
  }
}

/** The output of a tool that goes on although its turn has been stopped a while ago. */
function leftBehind({ clock, turn: { stopped: signal } }: ToolHost): {
  readonly output: Promise<string>;
  cancel(): void;
} {
  const { promise, resolve } = Promise.withResolvers<string>();
  let timer: ReturnType<Clock['after']> | undefined;
  const onAbort = (): void => {
    timer = clock.after(STOP_DEADLINE_MS, () => {
      resolve(LEFT_OUTPUT);
    });
  };
  signal.addEventListener('abort', onAbort, { once: true });
  return {
    output: promise,
    cancel: () => {
      signal.removeEventListener('abort', onAbort);
      timer?.cancel();
    },
  };
}
