import type { Writable } from 'node:stream';

import { createLineTransport } from '../../core/rpc/index.ts';
import { CommandError } from './commandError.ts';
import type { GreetingDeps, Hello } from './initialize/index.ts';
import { type EngineArgs, hostClock } from './process/index.ts';
import { type OpenDeps, openEngine } from './joining/index.ts';

export type StdioDeps = GreetingDeps &
  Omit<OpenDeps, 'tell'> & {
    readonly errors: Writable;
    /** Resolves when the process is asked to end (SIGTERM, SIGINT, SIGHUP). */
    readonly stopped: Promise<void>;
  };

/**
 * The engine on standard input and output, from the second line on: takes over a connection whose
 * `hello` was read, and answered if it could be, with everything that came in meanwhile. Resolves when
 * the input ended or the process was told to stop, the engine being closed; throws a `CommandError` when
 * the client had to be given up because it does not read, or an engine that was joined has ended.
 */
export async function serveStdio(hello: Hello, args: EngineArgs, deps: StdioDeps): Promise<void> {
  const { input, output } = deps;
  // What was read goes back, so that the engine sees one stream in its order.
  const unread = hello.initialize === undefined ? hello.all : hello.rest;
  if (unread.length > 0) input.unshift(unread);
  const tell = (sentence: string): void => {
    deps.errors.write(`parley: ${sentence}\n`);
  };
  const engine = await openEngine(args, { ...deps, tell }, 'share');
  const transport = createLineTransport({
    input,
    output,
    clock: hostClock,
    onUnreadable: (problem) => {
      tell(`Passed over a line that ${problem}.`);
    },
  });
  if (hello.initialize === undefined) engine.connect(transport);
  else engine.connect(transport, { initialize: hello.initialize.params });
  // Whose requests an engine of another process has left unanswered cannot be served by a new one.
  const lost = engine.lost ?? new Promise<never>(() => undefined);
  const reason = await Promise.race([lost, transport.closed, deps.stopped]);
  await engine.close();
  if (reason !== undefined) throw new CommandError(reason, 1);
}
