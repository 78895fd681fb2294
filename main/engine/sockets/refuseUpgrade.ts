import type { Duplex } from 'node:stream';

/** Refuses an upgrade in plain HTTP, with a sentence where there is one, and hangs up. */
export function refuseUpgrade(socket: Duplex, status: string, words = ''): void {
  socket.on('error', () => undefined);
  const head = [
    `HTTP/1.1 ${status}`,
    'Connection: close',
    'Content-Type: text/plain',
    `Content-Length: ${Buffer.byteLength(words)}`,
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${words}`);
}
