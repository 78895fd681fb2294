import { once } from 'node:events';
import type { AddressInfo, Server, Socket } from 'node:net';

export type LoopbackServer = {
  readonly port: number;
  /** Stops listening and cuts every connection; closing twice is harmless. */
  readonly close: () => Promise<void>;
};

/** Lets a scripted server listen on loopback, at a free port unless a test needs a certain one. */
export async function listenOnLoopback(server: Server, atPort = 0): Promise<LoopbackServer> {
  const connections = new Set<Socket>();
  server.on('connection', (connection: Socket) => {
    connections.add(connection);
    connection.on('close', () => connections.delete(connection));
  });
  server.listen(atPort, '127.0.0.1');
  await once(server, 'listening');
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a TCP server has a TCP address
  const { port } = server.address() as AddressInfo;
  return {
    port,
    async close() {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      for (const connection of connections) connection.destroy();
      await closed;
    },
  };
}

/** An HTTP answer as bytes, for a request that hoped for a WebSocket. */
export function upgradeRefusal(
  status: number,
  headers: Readonly<Record<string, string>>,
  body: string,
): string {
  const lines = Object.entries({
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} No\r\n${lines.join('')}\r\n${body}`;
}
