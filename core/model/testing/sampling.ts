import { ManualClock } from '../../base/testing/index.ts';
import {
  createNodeHttp,
  createNodeSockets,
  ModelClient,
  type ModelEvent,
  type ModelProvider,
  type ModelRequest,
  type RetryNotice,
  SocketCircuitBreaker,
  textMessage,
  type TurnContext,
} from '../index.ts';
import { testProvider } from './provider.ts';
import { type ScriptedUpstream, startScriptedUpstream } from './scriptedUpstream.ts';
import type { UpstreamStep } from './upstreamSteps.ts';

export const greeting: ModelRequest = {
  model: 'test-model',
  instructions: 'Be brief.',
  input: [textMessage('user', 'hi')],
  tools: [],
  parallelToolCalls: true,
};

/** One sampling as a test sees it: what came so far, and how it ended. */
export type Sampling = {
  readonly events: ModelEvent[];
  readonly notices: RetryNotice[];
  /** What it was told about waiting and detours. */
  readonly remarks: string[];
  readonly abort: AbortController;
  /** The text of all deltas so far. */
  text(): string;
  /** Resolves with undefined after `completed`, else with what was thrown. */
  readonly ended: Promise<unknown>;
};

export type Bench = AsyncDisposable & {
  readonly clock: ManualClock;
  readonly upstream: ScriptedUpstream;
  readonly client: ModelClient;
  /** A client of another conversation, which shares what engines share between threads. */
  anotherClient(conversationId: string): ModelClient;
  sample(request?: ModelRequest, turn?: Partial<TurnContext>, by?: ModelClient): Sampling;
};

/** A real client against a scripted upstream over real sockets, with time in the test's hands. */
export async function startBench(
  scripts: readonly (readonly UpstreamStep[])[],
  changes: Partial<ModelProvider> = {},
): Promise<Bench> {
  const clock = new ManualClock();
  const upstream = await startScriptedUpstream(scripts);
  const http = createNodeHttp({ clock });
  const port = createNodeSockets({ clock });
  const circuitBreaker = new SocketCircuitBreaker(clock);
  const clients: ModelClient[] = [];
  const newClient = (conversationId: string): ModelClient => {
    const made = new ModelClient({
      provider: testProvider(upstream.url, changes),
      conversationId,
      installationId: 'installation-1',
      callerHeaders: { originator: 'parley_test', 'user-agent': 'parley_test/1.0' },
      clock,
      http,
      sockets: { port, circuitBreaker },
      log: { debug: () => undefined, warn: () => undefined },
      random: () => 0.5,
    });
    clients.push(made);
    return made;
  };
  const client = newClient('thread-1');
  return {
    clock,
    upstream,
    client,
    anotherClient: newClient,
    sample: (request = greeting, turn = {}, by = client) => sample(by, request, turn),
    async [Symbol.asyncDispose]() {
      for (const made of clients) made.close();
      port.close();
      http.close();
      await upstream.close();
    },
  };
}

function sample(client: ModelClient, request: ModelRequest, turn: Partial<TurnContext>): Sampling {
  const events: ModelEvent[] = [];
  const notices: RetryNotice[] = [];
  const remarks: string[] = [];
  const abort = new AbortController();
  const session = client.startTurn({ turnId: 'turn-1', startedAtMs: 1000, ...turn });
  const run = async (): Promise<unknown> => {
    try {
      const stream = session.stream(request, {
        signal: abort.signal,
        onRetry: (notice) => notices.push(notice),
        onNotice: (message) => remarks.push(message),
      });
      for await (const event of stream) events.push(event);
      return undefined;
    } catch (error) {
      return error;
    }
  };
  return {
    events,
    notices,
    remarks,
    abort,
    text: () => events.map((event) => (event.type === 'textDelta' ? event.delta : '')).join(''),
    ended: run(),
  };
}
