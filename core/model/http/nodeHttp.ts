import * as http from 'node:http';
import * as https from 'node:https';
import { pipeline, Readable, type Transform } from 'node:stream';
import * as zlib from 'node:zlib';

import { type Clock, errorText, type Timer } from '../../base/index.ts';
import {
  HttpError,
  type HttpFailure,
  type HttpPort,
  type HttpRequest,
  type HttpResponse,
} from './httpPort.ts';

/** How long a finished answer may take to end before its connection is given up. */
const DRAIN_MS = 1000;

/** HTTP over the network, with kept connections. The deadlines run on `clock`. */
export function createNodeHttp(options: { readonly clock: Clock }): HttpPort {
  const agents = {
    'http:': new http.Agent({ keepAlive: true }),
    'https:': new https.Agent({ keepAlive: true }),
  };
  return {
    async send(request) {
      try {
        return await exchange(options.clock, agents, request);
      } catch (error) {
        // A kept connection may be closed by the server in the very moment it is used again. That
        // says nothing about the server, so it costs no attempt.
        if (error instanceof StaleConnectionError) {
          return exchange(options.clock, agents, request);
        }
        throw error;
      }
    },
    close() {
      agents['http:'].destroy();
      agents['https:'].destroy();
    },
  };
}

type Agents = { readonly 'http:': http.Agent; readonly 'https:': https.Agent };

/** A kept connection was closed before it carried the request. */
class StaleConnectionError extends HttpError {}

function exchange(clock: Clock, agents: Agents, request: HttpRequest): Promise<HttpResponse> {
  const { url, signal } = request;
  if (signal.aborted) return Promise.reject(abortedError(signal));
  const { promise, resolve, reject } = Promise.withResolvers<HttpResponse>();
  const outgoing = open(agents, request);
  let incoming: http.IncomingMessage | undefined;
  let failure: HttpError | undefined;

  const fail = (error: HttpError): void => {
    failure ??= error;
    (incoming ?? outgoing).destroy(failure);
  };
  const deadline = (kind: HttpFailure, delayMs: number, message: string): Timer =>
    clock.after(delayMs, () => {
      fail(new HttpError(kind, `${message} within ${delayMs / 1000} s`));
    });
  const abort = (): void => {
    fail(abortedError(signal));
  };
  let timer = deadline(
    'connectTimeout',
    request.connectTimeoutMs,
    `${url.host} did not accept a connection`,
  );
  signal.addEventListener('abort', abort, { once: true });
  const finish = (): void => {
    timer.cancel();
    signal.removeEventListener('abort', abort);
  };

  outgoing.setNoDelay(true);
  outgoing.on('socket', (socket) => {
    const connected = (): void => {
      timer.cancel();
      if (failure !== undefined) return;
      timer = deadline('headersTimeout', request.headersTimeoutMs, `${url.host} did not answer`);
    };
    if (!socket.connecting) connected();
    else socket.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', connected);
  });
  outgoing.on('error', (error: NodeJS.ErrnoException) => {
    finish();
    reject(failure ?? exchangeFailure(url, outgoing, error));
  });
  outgoing.on('upgrade', (_message, socket) => {
    // Nobody asked for another protocol, and what would follow is no answer.
    socket.destroy();
    finish();
    reject(
      failure ?? new HttpError('broken', `${url.host} changed the protocol instead of answering`),
    );
  });
  outgoing.on('close', () => {
    // Without an answer and without an error, where there was neither.
    if (incoming !== undefined) return;
    finish();
    reject(
      failure ?? new HttpError('broken', `${hostAndPort(url)} closed the connection unanswered`),
    );
  });
  outgoing.on('response', (message) => {
    incoming = message;
    timer.cancel();
    message.once('close', finish);
    const raw = rawBody(message, {
      failure: () => failure,
      armIdle: () =>
        deadline('idleTimeout', request.idleTimeoutMs, `${url.host} sent nothing more`),
      url,
    });
    resolve({
      status: message.statusCode ?? 0,
      headers: flatHeaders(message.headers),
      body: decoded(raw, message.headers['content-encoding'], url),
      release: () => {
        release(clock, message);
      },
      discard: () => {
        if (!message.readableEnded) message.destroy();
      },
    });
  });
  // As text Node would join it to the head and encode both, and what is UTF-8 there already once more.
  const { body } = request;
  outgoing.end(typeof body === 'string' ? Buffer.from(body, 'utf8') : body);
  return promise;
}

function open(agents: Agents, request: HttpRequest): http.ClientRequest {
  const { url, method } = request;
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, headerBytes(value)]),
  );
  try {
    return url.protocol === 'https:'
      ? https.request(url, { method, headers, agent: agents['https:'] })
      : http.request(url, { method, headers, agent: agents['http:'] });
  } catch (error) {
    // Node names the header at fault and never its value.
    throw new HttpError('invalid', `the request cannot be sent: ${errorText(error)}`, {
      cause: error,
    });
  }
}

/** Node writes headers as Latin-1; this makes it write the UTF-8 bytes of the text. */
export function headerBytes(value: string): string {
  const isAscii = Buffer.byteLength(value, 'utf8') === value.length;
  return isAscii ? value : Buffer.from(value, 'utf8').toString('latin1');
}

/** The bytes as they come; waiting for them is what the idle deadline limits. */
async function* rawBody(
  message: http.IncomingMessage,
  wire: {
    readonly failure: () => HttpError | undefined;
    readonly armIdle: () => Timer;
    readonly url: URL;
  },
): AsyncGenerator<Uint8Array> {
  const chunks: AsyncIterator<Uint8Array> = message.iterator({ destroyOnReturn: false });
  try {
    for (;;) {
      // Armed for the wait alone: a server that waits for a slow reader is not silent.
      const idle = wire.armIdle();
      const next = await chunks.next().finally(() => {
        idle.cancel();
      });
      if (next.done === true) return;
      yield next.value;
    }
  } catch (error) {
    throw (
      wire.failure() ??
      new HttpError('broken', `the connection to ${wire.url.host} broke (${codeOf(error)})`, {
        cause: error,
      })
    );
  } finally {
    await chunks.return?.();
  }
}

async function* decoded(
  raw: AsyncIterable<Uint8Array>,
  encoding: string | undefined,
  url: URL,
): AsyncGenerator<Uint8Array> {
  const decoder = decoderOf(encoding);
  if (decoder === undefined) {
    yield* raw;
    return;
  }
  try {
    // Errors reach the reader through the decoder itself.
    for await (const chunk of pipeline(Readable.from(raw), decoder, () => undefined)) {
      yield bytesOf(chunk);
    }
  } catch (error) {
    if (error instanceof HttpError) throw error;
    throw new HttpError(
      'broken',
      `the answer of ${url.host} is not valid ${encoding} (${codeOf(error)})`,
      { cause: error },
    );
  }
}

/** Servers that compress without being asked exist; flushing keeps their deltas coming in time. */
function decoderOf(encoding: string | undefined): Transform | undefined {
  const flush = zlib.constants.Z_SYNC_FLUSH;
  switch ((encoding ?? '').trim().toLowerCase()) {
    case 'gzip':
    case 'x-gzip':
      return zlib.createGunzip({ flush });
    case 'deflate':
      return zlib.createInflate({ flush });
    case 'br':
      return zlib.createBrotliDecompress({ flush: zlib.constants.BROTLI_OPERATION_FLUSH });
    default:
      return undefined;
  }
}

function bytesOf(chunk: unknown): Uint8Array {
  return chunk instanceof Uint8Array ? chunk : Buffer.from(String(chunk));
}

/** Lets the rest of an answer run out so that the connection is kept, but does not wait for ever. */
function release(clock: Clock, message: http.IncomingMessage): void {
  if (message.readableEnded || message.destroyed) return;
  const timer = clock.after(DRAIN_MS, () => {
    message.destroy();
  });
  message.once('close', () => {
    timer.cancel();
  });
  message.resume();
}

function exchangeFailure(
  url: URL,
  outgoing: http.ClientRequest,
  error: NodeJS.ErrnoException,
): HttpError {
  const code = codeOf(error);
  if (outgoing.reusedSocket && (code === 'ECONNRESET' || code === 'EPIPE')) {
    return new StaleConnectionError('broken', `the connection to ${url.host} broke (${code})`, {
      cause: error,
    });
  }
  return connectionFailure(url, error);
}

/** Why a connection came to nothing, in the words of people. */
export function connectionFailure(url: URL, error: NodeJS.ErrnoException): HttpError {
  const options = { cause: error };
  const code = codeOf(error);
  if (code === 'ECONNRESET' || code === 'EPIPE') {
    return new HttpError('broken', `${hostAndPort(url)} closed the connection unanswered`, options);
  }
  if (code.startsWith('HPE_')) {
    return new HttpError('broken', `${hostAndPort(url)} does not answer in HTTP`, options);
  }
  const why: Readonly<Record<string, string>> = {
    ECONNREFUSED: 'nothing accepts connections there',
    ENOTFOUND: 'there is no such host',
    EAI_AGAIN: 'the name cannot be looked up, is the network up?',
    EHOSTUNREACH: 'there is no way to that host',
    ENETUNREACH: 'there is no network',
    ETIMEDOUT: 'the host does not answer',
  };
  return new HttpError(
    'unreachable',
    `${hostAndPort(url)} cannot be reached (${why[code] ?? error.message})`,
    options,
  );
}

function hostAndPort(url: URL): string {
  const port = url.port === '' ? (/^(?:https|wss):$/u.test(url.protocol) ? '443' : '80') : url.port;
  return `${url.hostname}:${port}`;
}

/** The first code that says something: Node wraps failed attempts per address in one error. */
function codeOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0]);
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') {
    return error.code;
  }
  return errorText(error);
}

export function abortedError(signal: AbortSignal): HttpError {
  return new HttpError('aborted', 'the request was stopped', { cause: signal.reason });
}

export function flatHeaders(headers: http.IncomingHttpHeaders): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return flat;
}
