import type { Key } from '../contract/index.ts';
import { HttpError } from '../http/index.ts';
import { buildHandshake } from '../request/index.ts';
import { connectionError, statusError } from '../response/index.ts';
import type { ModelSocket, SocketOpening, SocketPort } from '../sockets/index.ts';
import type { Exchange } from '../transport/index.ts';
import { HandshakeError } from './handshake.ts';

/** What asking for a socket needs to know. */
export type SocketAsk = Pick<Exchange, 'options' | 'turn' | 'turnState' | 'request' | 'signal'> & {
  readonly port: SocketPort;
  readonly connectTimeoutMs: number;
};

/**
 * Opens a socket. Fails with a HandshakeError when there is no socket to be had, else with the
 * ProductError of whoever has the key.
 */
export async function openSocket(
  ask: SocketAsk,
): Promise<{ readonly socket: ModelSocket; readonly key: Key }> {
  return ask.options.provider.authenticated({
    signal: ask.signal,
    isRefusal: (error) => error instanceof HandshakeError && error.isKeyRefused,
    send: async (key) => {
      const opening = await connect(ask, key);
      if (opening.kind === 'open') return { socket: opening.socket, key };
      throw refusal(ask, opening);
    },
  });
}

async function connect(ask: SocketAsk, key: Key): Promise<SocketOpening> {
  const { options, port, connectTimeoutMs, signal } = ask;
  const { url, headers } = buildHandshake({ ...options, ...ask, identity: options });
  try {
    return await port.connect({ url, headers: { ...headers, ...key }, connectTimeoutMs, signal });
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    const { failure } = error;
    throw new HandshakeError(
      { kind: 'connection', failure },
      connectionError(options.provider, error),
    );
  }
}

function refusal(
  ask: SocketAsk,
  { status, headers, body }: Extract<SocketOpening, { readonly kind: 'refused' }>,
): HandshakeError {
  const { provider, clock } = ask.options;
  const { url } = buildHandshake({ ...ask.options, ...ask, identity: ask.options });
  const error = statusError({ provider, url, status, headers, body, nowMs: clock.nowMs() });
  return new HandshakeError({ kind: 'status', status }, error);
}
