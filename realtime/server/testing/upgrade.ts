import { WebSocket } from 'ws';

/** How a server refuses an upgrade; accepting it is a failure. */
export async function upgradeStatus(
  url: string,
  headers: Record<string, string> = {},
): Promise<{
  readonly status: number;
  readonly body: unknown;
}> {
  const socket = new WebSocket(url, { headers });
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; body: unknown }>();
  socket.on('error', () => undefined);
  socket.on('open', () => {
    reject(new Error('The upgrade was accepted'));
  });
  socket.on('unexpected-response', (_request, response) => {
    let text = '';
    response.setEncoding('utf8');
    response.on('data', (part: string) => {
      text += part;
    });
    response.on('end', () => {
      resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) });
    });
  });
  return promise;
}
