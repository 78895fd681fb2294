import { HttpError } from '../http/index.ts';
import { buildHandshake } from '../request/index.ts';
import { connectionError, statusError } from '../response/index.ts';
import type { ModelSocket, SocketOpening, SocketPort } from '../sockets/index.ts';
import { type Exchange, unlessAborted } from '../transport/index.ts';
import { HandshakeError } from './handshake.ts';

/** What asking for a socket needs to know. */
export type SocketAsk = Pick<Exchange, 'options' | 'turn' | 'turnState' | 'request' | 'signal'> & {
  readonly port: SocketPort;
  readonly connectTimeoutMs: number;
};

/**
 * Opens a socket; a refused key is renewed once. Fails with a HandshakeError when there is no socket
 * to be had, else with the ProductError of whoever has the key.
 */
export async function openSocket(ask: SocketAsk): Promise<ModelSocket> {
  const { provider, log } = ask.options;
  const token = await credential(ask);
  const opening = await connect(ask, token);
  if (opening.kind === 'open') return opening.socket;
  if (opening.status !== 401 || token === undefined) throw refusal(ask, opening);
  const renewed = await credential(ask, token);
  if (renewed === undefined || renewed === token || ask.signal.aborted) throw refusal(ask, opening);
  log.debug({ provider: provider.id }, 'key renewed after it was refused');
  const second = await connect(ask, renewed);
  if (second.kind === 'open') return second.socket;
  throw refusal(ask, second);
}

async function credential(ask: SocketAsk, refused?: string): Promise<string | undefined> {
  return unlessAborted(ask.options.provider.credential(refused), ask.signal);
}

async function connect(ask: SocketAsk, token: string | undefined): Promise<SocketOpening> {
  const { options, port, connectTimeoutMs, signal } = ask;
  const { url, headers } = buildHandshake({ ...options, ...ask, identity: options });
  const all = token === undefined ? headers : { ...headers, authorization: `Bearer ${token}` };
  try {
    return await port.connect({ url, headers: all, connectTimeoutMs, signal });
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
