import type { Readable, Writable } from 'node:stream';

import type { EngineArgs } from './appServerArgs.ts';
import { type FastInitialize, readFastInitialize } from './fastInitialize.ts';
import { homeFolder, initializeResponse } from './machineFacts.ts';
import { type StartDeps, startEngine } from './startEngine.ts';

export type StdioDeps = StartDeps & {
  readonly input: Readable;
  readonly output: Writable;
  readonly errors: Writable;
  /** Resolves when the process is asked to end (SIGTERM, SIGINT). */
  readonly stopped: Promise<void>;
  /** Called after the first answer, before anything large is loaded. */
  readonly beforeLoading: () => void;
};

/** The first line of a connection, answered if it was a well-formed `initialize`. */
export type Hello = FirstLine & { readonly initialize: FastInitialize | undefined };

/**
 * Waits for the first line and answers it at once where it is a well-formed `initialize`, with next to
 * nothing loaded. The input is paused afterwards. `undefined` when it ended before the first line did.
 */
export async function answerFirstLine(
  deps: Pick<StdioDeps, 'input' | 'output' | 'env' | 'version'>,
): Promise<Hello | undefined> {
  const first = await firstLine(deps.input);
  if (first === undefined) return undefined;
  const initialize = readFastInitialize(first.line);
  if (initialize !== undefined) {
    const { id, params } = initialize;
    const home = homeFolder(deps.env);
    const result = initializeResponse(params.clientInfo, { ...deps, home });
    deps.output.write(`${JSON.stringify({ id, result })}\n`);
  }
  return { ...first, initialize };
}

/** The same for a first line that somebody else has answered already. */
async function repeatFirstLine(deps: Pick<StdioDeps, 'input'>): Promise<Hello | undefined> {
  const first = await firstLine(deps.input);
  return first === undefined ? undefined : { ...first, initialize: readFastInitialize(first.line) };
}

/**
 * The engine on standard input and output. It is loaded after the first answer, and takes the
 * connection over with everything that came in meanwhile. Resolves when the input ended or the process
 * was told to stop, the engine being closed.
 */
export async function serveStdio(
  args: EngineArgs & { readonly isAnswered: boolean },
  deps: StdioDeps,
): Promise<void> {
  const { input, output } = deps;
  const greeting = args.isAnswered ? repeatFirstLine(deps) : answerFirstLine(deps);
  const hello = await Promise.race([greeting, deps.stopped]);
  if (hello === undefined) return;
  // What follows waits in the stream until the engine reads it.
  const rest = hello.initialize === undefined ? hello.all : hello.rest;
  if (rest.length > 0) input.unshift(rest);

  deps.beforeLoading();
  const [{ createLineTransport }, engine] = await Promise.all([
    import('../../core/rpc/index.ts'),
    startEngine(args, deps),
  ]);
  const ended = new Promise<void>((resolve) => {
    input.once('end', resolve);
    output.once('error', () => {
      resolve();
    });
  });
  const transport = createLineTransport({
    input,
    output,
    onUnreadable: () => {
      deps.errors.write('parley: Passed over a line that is not JSON.\n');
    },
  });
  if (hello.initialize === undefined) engine.connect(transport);
  else engine.connect(transport, { initialize: hello.initialize.params });
  await Promise.race([ended, deps.stopped]);
  await engine.close();
}

type FirstLine = { readonly line: string; readonly rest: Buffer; readonly all: Buffer };

/** Reads up to the first line break and stops; `undefined` when the input ends before one. */
function firstLine(input: Readable): Promise<FirstLine | undefined> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const finish = (value: FirstLine | undefined): void => {
      input.off('data', receive);
      input.off('end', end);
      input.pause();
      resolve(value);
    };
    const receive = (chunk: Buffer): void => {
      chunks.push(chunk);
      if (!chunk.includes(10)) return;
      const all = Buffer.concat(chunks);
      const end = all.indexOf(10);
      finish({ line: all.toString('utf8', 0, end), rest: all.subarray(end + 1), all });
    };
    const end = (): void => {
      finish(undefined);
    };
    input.on('data', receive);
    input.on('end', end);
  });
}
