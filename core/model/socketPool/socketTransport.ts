import {
  itemForWire,
  ModelAbortedError,
  type ModelProvider,
  type ModelRequest,
} from '../contract/index.ts';
import { HttpError } from '../http/index.ts';
import {
  createFrame,
  incrementOf,
  interruptFrame,
  socketRequestParts,
  type SocketRequestParts,
} from '../request/index.ts';
import { AnswerBound, decodeWireEvent } from '../response/index.ts';
import {
  type AnswerPart,
  type Exchange,
  StaleSocketError,
  type ResponsesTransport,
} from '../transport/index.ts';
import type { PooledSocket } from './pooledSocket.ts';
import type { SocketPool } from './socketPool.ts';

/** Where requests go by WebSocket: the provider says so, or the model is better reached that way. */
export function wantsSockets(provider: ModelProvider, request: ModelRequest): boolean {
  return provider.supportsWebsockets === true || request.preferWebsockets === true;
}

/** Requests over the kept connection of a client, with only what its server does not know yet. */
export function socketTransport(pool: SocketPool): ResponsesTransport {
  return {
    kind: 'socket',
    async open(exchange) {
      const pooled = await pool.take(exchange);
      if (exchange.signal.aborted) {
        pool.lose(pooled);
        throw new ModelAbortedError();
      }
      // What the upgrade said about routing belongs to the first turn that uses the connection.
      const turnState = exchange.turnState ?? pooled.turnState;
      const parts = partsOf({ ...exchange, turnState });
      const increment = incrementOf(pooled.remembered, parts);
      const wasUsed = pooled.isUsed;
      pooled.isUsed = true;
      pooled.remembered = undefined;
      const stop = (): void => {
        pool.lose(pooled);
      };
      exchange.signal.addEventListener('abort', stop, { once: true });
      const unlisten = (): void => {
        exchange.signal.removeEventListener('abort', stop);
      };
      const unread = pooled.socket.takeUnread().filter(isAboutLimits);
      try {
        await pooled.socket.send(createFrame(parts, { increment }));
      } catch (error) {
        unlisten();
        pool.lose(pooled);
        throw asStale(error, wasUsed);
      }
      let isInterruptRequested = false;
      const headers =
        pooled.turnState === undefined ? {} : { 'x-codex-turn-state': pooled.turnState };
      const earlier = pooled.news;
      pooled.turnState = undefined;
      pooled.news = [];
      return {
        headers,
        key: pooled.key,
        earlier,
        parts: received(pooled, exchange, { unread, wasUsed }),
        release: (finished) => {
          unlisten();
          pool.proven(pooled);
          if (finished === undefined) {
            pool.lose(pooled);
            return;
          }
          const { fixed, input } = parts;
          const output = finished.items.map((item) => JSON.stringify(itemForWire(item)));
          pooled.remembered = { fixed, input, output, responseId: finished.responseId };
          pool.giveBack(pooled);
        },
        requestInterrupt: (responseId) => {
          if (exchange.request.takesInterrupt !== true || isInterruptRequested) return;
          isInterruptRequested = true;
          // A socket that does not take it is over, which whoever reads the answer finds out.
          pooled.socket.send(interruptFrame(responseId)).catch(() => undefined);
        },
        discard: () => {
          unlisten();
          pool.lose(pooled);
        },
      };
    },
  };
}

function partsOf(exchange: Exchange): SocketRequestParts {
  const { options, turn, ownTrace } = exchange;
  return socketRequestParts(
    { ...options, ...exchange, identity: options },
    { nowMs: options.clock.nowMs(), trace: turn.trace ?? ownTrace },
  );
}

/** Of what came after the end of the last response, only the state of the account still matters. */
function isAboutLimits(frame: string): boolean {
  const decoded = decodeWireEvent(frame);
  return decoded.kind === 'known' && decoded.event.type === 'codex.rate_limits';
}

async function* received(
  { socket }: PooledSocket,
  { options }: Exchange,
  before: { readonly unread: readonly string[]; readonly wasUsed: boolean },
): AsyncGenerator<AnswerPart> {
  const bound = new AnswerBound();
  for (const frame of before.unread) yield decodeWireEvent(bound.take(frame));
  let isFirst = true;
  for (;;) {
    let frame: string;
    try {
      frame = await socket.receive(options.provider.streamIdleTimeoutMs);
    } catch (error) {
      throw asStale(error, before.wasUsed && isFirst);
    }
    isFirst = false;
    yield decodeWireEvent(bound.take(frame));
  }
}

/** A server may end a connection in the very moment it is used again, which says nothing. */
function asStale(error: unknown, isPossible: boolean): unknown {
  return isPossible && error instanceof HttpError && error.failure === 'broken'
    ? new StaleSocketError(error.failure, error.message, { cause: error })
    : error;
}
