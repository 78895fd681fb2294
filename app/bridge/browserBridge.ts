import type { Transport } from '../../core/protocol/index.ts';
import type { HostBridge } from './contract.ts';
import { HostError } from './hostError.ts';

const TOKEN_KEY = 'parley.token';
const CONNECT_TIMEOUT_MS = 8_000;
/** `WebSocket.OPEN`, also where there is no WebSocket to ask. */
const SOCKET_OPEN = 1;

/** The slice of the browser this bridge touches; tests hand in a small fake. */
export type BrowserSurroundings = {
  readonly href: string;
  readonly replaceAddress: (address: string) => void;
  readonly storage: Pick<Storage, 'getItem' | 'setItem'>;
  readonly openSocket: (address: string) => WebSocket;
  /** The status that a plain request is answered with; rejects when nobody answers. */
  readonly statusOf: (address: string) => Promise<number>;
};

/**
 * Takes the access token out of the page's address and remembers it for this tab, so that it does not
 * linger in the address bar, in bookmarks or in a screenshot, and a reload still gets in.
 */
export function takeToken(
  around: Pick<BrowserSurroundings, 'href' | 'replaceAddress' | 'storage'>,
): string | undefined {
  const url = new URL(around.href);
  const token = url.searchParams.get('token');
  if (token === null || token === '') return around.storage.getItem(TOKEN_KEY) ?? undefined;
  around.storage.setItem(TOKEN_KEY, token);
  url.searchParams.delete('token');
  around.replaceAddress(url.href);
  return token;
}

/** The address of the engine's socket on the host that served the page. */
export function socketAddress(pageHref: string, token: string | undefined): string {
  const url = new URL('/rpc', pageHref);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  if (token !== undefined) url.searchParams.set('token', token);
  return url.href;
}

/** The bridge of a plain browser tab: one WebSocket to the host that served the page. */
export function createBrowserBridge(around: BrowserSurroundings): HostBridge {
  const address = socketAddress(around.href, takeToken(around));
  return {
    platform: 'browser',
    connect: async () => {
      const transport = await openTransport(around.openSocket(address));
      if (transport !== undefined) return transport;
      throw await refusal(around, address.replace(/^ws/u, 'http'));
    },
  };
}

/** Why the host did not take our socket, which a browser does not tell of sockets. */
async function refusal(
  { statusOf }: Pick<BrowserSurroundings, 'statusOf'>,
  address: string,
): Promise<HostError> {
  let status: number;
  try {
    status = await statusOf(address);
  } catch (error) {
    return new HostError('hostGone', 'Parley has ended on this computer.', { cause: error });
  }
  return status === 401
    ? new HostError(
        'addressExpired',
        'The token of this page’s address is not that of the Parley that runs now.',
      )
    : new HostError('engineAway', 'Parley’s engine does not answer.');
}

/** Resolves to undefined when it could not be opened. */
function openTransport(socket: WebSocket): Promise<Transport | undefined> {
  const { promise, resolve } = Promise.withResolvers<Transport | undefined>();
  let state: 'opening' | 'open' | 'closed' = 'opening';
  const transport: Transport = {
    onMessage: undefined,
    onClose: undefined,
    send: (message) => {
      // The far side's goodbye is known here before the event that tells of it.
      if (state === 'open' && socket.readyState === SOCKET_OPEN) {
        socket.send(JSON.stringify(message));
      }
    },
    close: () => {
      state = 'closed';
      socket.close(1000);
    },
  };

  const fail = (): void => {
    if (state === 'closed') return;
    const wasOpen = state === 'open';
    state = 'closed';
    clearTimeout(timer);
    socket.close();
    if (wasOpen) transport.onClose?.();
    else resolve(undefined);
  };
  const timer = setTimeout(fail, CONNECT_TIMEOUT_MS);

  socket.addEventListener('open', () => {
    if (state !== 'opening') return;
    state = 'open';
    clearTimeout(timer);
    resolve(transport);
  });
  socket.addEventListener('message', (event: MessageEvent<unknown>) => {
    if (state !== 'open' || typeof event.data !== 'string') return;
    const message = parse(event.data);
    if (message !== undefined) transport.onMessage?.(message);
  });
  socket.addEventListener('close', fail);
  socket.addEventListener('error', fail);
  return promise;
}

// A frame that is not JSON cannot belong to any request; the client has nothing to match it to.
function parse(frame: string): unknown {
  try {
    return JSON.parse(frame);
  } catch {
    return undefined;
  }
}
