import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

import { rule, startScriptedServer } from '../../realtime/server/testing/index.ts';
import { providerAt } from './providers.ts';

/** What it is asked, and what it says then: a tone of a minute, as long as these words are. */
const QUESTION = 'Go on and on';
const ANSWER = 'And on and on. '.repeat(70);

/** A provider with a voice of its own, and the wire that leads to it. */
export type SeverableProvider = AsyncDisposable & {
  /** config.toml of a host that uses it. */
  readonly config: string;
  /** Typed, this makes it speak for a minute. */
  readonly question: string;
  /**
   * Cuts the wire, for good, as a cable is pulled: nothing comes through, and nobody is told. What goes past it,
   * the sound of a call, flows on.
   */
  sever(): void;
};

/**
 * Starts one in this process. It costs next to nothing and hears no words, so that what a page does by
 * itself can be seen on a busy machine, too.
 */
export async function startSeverableProvider(): Promise<SeverableProvider> {
  await using owned = new AsyncDisposableStack();
  const server = owned.use(
    await startScriptedServer({
      rules: [rule({ text: { contains: QUESTION } }, { say: ANSWER })],
      fallback: 'silence',
    }),
  );
  const sockets = new Set<Socket>();
  let isSevered = false;
  const wire = createServer((near) => {
    const far = connect(server.port, '127.0.0.1');
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.once('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
      if (!isSevered) socket.pipe(other);
    }
  });
  wire.listen(0, '127.0.0.1');
  await once(wire, 'listening');
  const { port } = wire.address() as AddressInfo;
  owned.defer(() => {
    wire.close();
    for (const socket of sockets) socket.destroy();
  });
  const all = owned.move();
  return {
    config: providerAt(`http://127.0.0.1:${port}/v1`),
    question: QUESTION,
    sever: () => {
      isSevered = true;
      for (const socket of sockets) socket.unpipe().pause();
    },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}
