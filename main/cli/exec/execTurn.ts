import type { Clock } from '../../../core/base/index.ts';
import type {
  AppServerClient,
  NotificationMethod,
  NotificationParamsOf,
} from '../../../core/protocol/index.ts';
import { CommandError } from '../../engine/index.ts';
import type { CommandIo } from '../commandIo.ts';
import { AnswerPrinter } from './answerPrinter.ts';
import { ProgressLine } from './progressLine.ts';
import { Questioner } from './questioner.ts';
import type { ReadLine } from './terminalLine.ts';

export type ExecTurnOptions = {
  readonly text: string;
  readonly isJson: boolean;
  readonly model: string | undefined;
  readonly cwd: string;
  readonly version: string;
};

export type ExecTurnDeps = {
  readonly client: AppServerClient;
  readonly io: CommandIo;
  readonly clock: Clock;
  /** Where the user answers what the agent asks; absent without a terminal. */
  readonly readLine?: ReadLine | undefined;
  /** Aborts on Ctrl-C: the turn is interrupted and what came so far stays printed. */
  readonly signal: AbortSignal;
};

/** What `--json` prints: the notifications of this thread as they are on the wire. */
const REPORTED = [
  'thread/started',
  'turn/started',
  'turn/plan/updated',
  'turn/diff/updated',
  'turn/completed',
  'item/started',
  'item/agentMessage/delta',
  'item/reasoning/summaryTextDelta',
  'item/completed',
  'thread/tokenUsage/updated',
  'serverRequest/resolved',
  'error',
  'warning',
] as const satisfies readonly NotificationMethod[];

/** An interrupted engine that does not answer must not keep the user waiting. */
const INTERRUPT_PATIENCE_MS = 3_000;
const INTERRUPTED_EXIT_CODE = 130;

type Turn = NotificationParamsOf<'turn/completed'>['turn'];

/**
 * One text turn over an open connection: 0 when it completed, 130 when it was interrupted. Throws a
 * `CommandError` with the engine's words when it failed.
 */
export async function execTurn(options: ExecTurnOptions, deps: ExecTurnDeps): Promise<number> {
  const { client, io, clock, signal } = deps;
  const progress = new ProgressLine(io, clock);
  const printer = new AnswerPrinter(io, progress);
  const questioner = new Questioner({
    io,
    readLine: options.isJson ? undefined : deps.readLine,
    onAsking: () => {
      progress.stop();
      printer.end();
    },
    onAsked: () => {
      progress.start();
    },
  });
  const { promise: ended, resolve, reject } = Promise.withResolvers<Turn>();
  // The connection may end before anybody waits for the turn.
  ended.catch(() => undefined);
  // One thread per connection, so every turn seen is ours.
  const stops = [
    client.on('turn/completed', ({ turn }) => {
      resolve(turn);
    }),
    client.on('closed', () => {
      reject(new CommandError('The engine went away before the turn was done.', 1));
    }),
    client.on('turn/plan/updated', ({ plan }) => {
      progress.plan(plan);
    }),
    client.on('error', ({ error, willRetry }) => {
      if (!willRetry) return;
      // On a terminal both streams meet on one line.
      if (io.isStdoutTty && io.isStderrTty) printer.end();
      progress.note(error.message);
    }),
    client.answer('item/tool/requestUserInput', async (params, asked) => {
      if (options.isJson) printJson(io, 'item/tool/requestUserInput', params);
      return questioner.answer(params, asked);
    }),
    ...(options.isJson ? reportJson(client, io) : printer.follow(client)),
  ];
  try {
    await client.initialize({
      clientInfo: { name: 'parley-exec', title: 'Parley exec', version: options.version },
      capabilities: { experimentalApi: false },
    });
    progress.start();
    const { thread } = await client.request('thread/start', {
      cwd: options.cwd,
      ...(options.model === undefined ? {} : { model: options.model }),
    });
    if (signal.aborted) return INTERRUPTED_EXIT_CODE;
    const { turn } = await client.request('turn/start', {
      threadId: thread.id,
      input: [{ type: 'text', text: options.text }],
    });
    const interrupt = (): void => {
      // A turn that ended just now refuses; then its end is what counts.
      client
        .request('turn/interrupt', { threadId: thread.id, turnId: turn.id })
        .catch(() => undefined);
      clock.after(INTERRUPT_PATIENCE_MS, () => {
        resolve({ ...turn, status: 'interrupted' });
      });
    };
    if (signal.aborted) interrupt();
    else signal.addEventListener('abort', interrupt, { once: true });
    const done = await ended;
    signal.removeEventListener('abort', interrupt);
    return outcome(done);
  } finally {
    progress.stop();
    printer.end();
    for (const stop of stops) stop();
  }
}

function outcome(turn: Turn): number {
  switch (turn.status) {
    case 'completed':
      return 0;
    case 'interrupted':
      return INTERRUPTED_EXIT_CODE;
    case 'failed':
    case 'inProgress':
    default:
      throw new CommandError(turn.error?.message ?? 'The turn failed without saying why.', 1);
  }
}

function reportJson(client: AppServerClient, io: CommandIo): (() => void)[] {
  return REPORTED.map((method) =>
    client.on(method, (params) => {
      printJson(io, method, params);
    }),
  );
}

function printJson(io: CommandIo, method: string, params: unknown): void {
  io.stdout.write(`${JSON.stringify({ method, params })}\n`);
}
