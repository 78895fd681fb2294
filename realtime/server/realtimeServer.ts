import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';

import { errorText, hasCode, ProductError } from '../../core/base/index.ts';
import type { CallRegistry } from './calls/index.ts';
import type { UpgradeHandler } from './http/index.ts';
import type { RealtimeServerOptions } from './serverOptions.ts';
import { wireServer } from './wireServer.ts';

export type RealtimeServer = {
  /** Base address of the API, ending in `/v1`. */
  readonly url: URL;
  readonly port: number;
  /** Ends every session with code 1001 and stops listening. Closing twice does nothing more. */
  close(): Promise<void>;
};

/** The server could not listen where it was told to. */
class RealtimeServerListenError extends ProductError {
  readonly code: 'portInUse' | 'cannotListen';
  readonly retryable = false;

  constructor(code: 'portInUse' | 'cannotListen', message: string, cause: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

const CLOSE_DEADLINE_MS = 1000;

/**
 * Starts a Realtime API server on a real socket (realtime-v2 §21). Throws a `ProductError` with the
 * code `portInUse` or `cannotListen` when it cannot.
 */
export async function startRealtimeServer(options: RealtimeServerOptions): Promise<RealtimeServer> {
  const host = options.host ?? '127.0.0.1';
  const server = createHttpServer(options.tls);
  const { registry, upgrades, router } = wireServer(options);
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    void router.answer(request, response);
  });
  server.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    upgrades.open({ request, stream, head });
  });
  await listen(server, host, options.port ?? 0);
  server.on('error', (error) => {
    options.onLog?.({ level: 'warn', message: `the server met an error: ${error.message}` });
  });
  const { port } = addressOf(server);
  const scheme = options.tls === undefined ? 'http' : 'https';
  const name = host.includes(':') ? `[${host}]` : host;
  let closing: Promise<void> | undefined;
  return {
    url: new URL(`${scheme}://${name}:${port}/v1`),
    port,
    close: async () => {
      closing ??= closeAll(server, upgrades, registry);
      await closing;
    },
  };
}

function createHttpServer(tls: RealtimeServerOptions['tls']): Server {
  if (tls === undefined) return createServer();
  try {
    return createTlsServer(tls);
  } catch (error) {
    const message = `The TLS key or certificate cannot be used: ${errorText(error)}`;
    throw new RealtimeServerListenError('cannotListen', message, error);
  }
}

async function listen(server: Server, host: string, port: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen(port, host, resolve);
  try {
    await promise;
  } catch (error) {
    const inUse = hasCode(error, 'EADDRINUSE');
    throw inUse
      ? new RealtimeServerListenError(
          'portInUse',
          `Port ${port} on ${host} is in use; choose another one or stop the program that has it.`,
          error,
        )
      : new RealtimeServerListenError(
          'cannotListen',
          `Cannot listen on ${host} port ${port}: ${errorText(error)}`,
          error,
        );
  }
}

function addressOf(server: Server): AddressInfo {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('Not a TCP server');
  return address;
}

async function closeAll(
  server: Server,
  upgrades: UpgradeHandler,
  registry: CallRegistry,
): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  server.close(() => {
    resolve();
  });
  const callsClosed = registry.close();
  upgrades.close();
  const late = Promise.withResolvers<void>();
  const deadline = setTimeout(() => {
    upgrades.terminate();
    server.closeAllConnections();
    late.resolve();
  }, CLOSE_DEADLINE_MS);
  server.closeIdleConnections();
  await Promise.all([promise, Promise.race([callsClosed, late.promise])]);
  clearTimeout(deadline);
}
