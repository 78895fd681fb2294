import { ModelAbortedError } from './errors.ts';
import { HttpError } from './http.ts';
import { incrementOf } from './incremental.ts';
import { itemForWire } from './items.ts';
import type { Link } from './link.ts';
import type { SocketLinks } from './links.ts';
import type { ModelProvider } from './provider.ts';
import type { ModelRequest } from './request.ts';
import { type AnswerPart, type Exchange, StaleLinkError, type Transport } from './transport.ts';
import { decodeWireEvent } from './wireEvents.ts';
import {
  createFrame,
  interruptFrame,
  socketRequestParts,
  type SocketRequestParts,
} from './wireRequest.ts';

/** Where requests go by WebSocket: the provider says so, or the model is better reached that way. */
export function wantsSockets(provider: ModelProvider, request: ModelRequest): boolean {
  return provider.supportsWebsockets === true || request.preferWebsockets === true;
}

/** Requests over the kept connection of a client, with only what its server does not know yet. */
export function socketTransport(links: SocketLinks): Transport {
  return {
    kind: 'socket',
    async open(exchange) {
      const link = await links.take(exchange);
      if (exchange.signal.aborted) {
        links.lose(link);
        throw new ModelAbortedError();
      }
      // What the upgrade said about routing belongs to the first turn that uses the connection.
      const turnState = exchange.turnState ?? link.turnState;
      const parts = partsOf({ ...exchange, turnState });
      const increment = incrementOf(link.remembered, parts);
      const wasUsed = link.isUsed;
      link.isUsed = true;
      link.remembered = undefined;
      const stop = (): void => {
        links.lose(link);
      };
      exchange.signal.addEventListener('abort', stop, { once: true });
      const unlisten = (): void => {
        exchange.signal.removeEventListener('abort', stop);
      };
      const unread = link.socket.takeUnread().filter(isAboutLimits);
      try {
        await link.socket.send(createFrame(parts, { increment }));
      } catch (error) {
        unlisten();
        links.lose(link);
        throw asStale(error, wasUsed);
      }
      let isAskedToStop = false;
      const headers = link.turnState === undefined ? {} : { 'x-codex-turn-state': link.turnState };
      const earlier = link.news;
      link.turnState = undefined;
      link.news = [];
      return {
        headers,
        earlier,
        parts: received(link, exchange, { unread, wasUsed }),
        release: (finished) => {
          unlisten();
          if (finished === undefined) {
            links.lose(link);
            return;
          }
          const { fixed, input } = parts;
          const output = finished.items.map((item) => JSON.stringify(itemForWire(item)));
          link.remembered = { fixed, input, output, responseId: finished.responseId };
          links.giveBack(link);
        },
        askToStop: (responseId) => {
          if (exchange.request.takesInterrupt !== true || isAskedToStop) return;
          isAskedToStop = true;
          // A socket that does not take it is over, which whoever reads the answer finds out.
          link.socket.send(interruptFrame(responseId)).catch(() => undefined);
        },
        discard: () => {
          unlisten();
          links.lose(link);
        },
      };
    },
  };
}

function partsOf(exchange: Exchange): SocketRequestParts {
  const { values, turn, ownTrace } = exchange;
  return socketRequestParts(
    { ...values, ...exchange, identity: values },
    { nowMs: values.clock.nowMs(), trace: turn.trace ?? ownTrace },
  );
}

/** Of what came after the end of the last response, only the state of the account still matters. */
function isAboutLimits(frame: string): boolean {
  const decoded = decodeWireEvent(frame);
  return decoded.kind === 'known' && decoded.event.type === 'codex.rate_limits';
}

async function* received(
  { socket }: Link,
  { values }: Exchange,
  before: { readonly unread: readonly string[]; readonly wasUsed: boolean },
): AsyncGenerator<AnswerPart> {
  for (const frame of before.unread) yield decodeWireEvent(frame);
  let isFirst = true;
  for (;;) {
    let frame: string;
    try {
      frame = await socket.receive(values.provider.streamIdleTimeoutMs);
    } catch (error) {
      throw asStale(error, before.wasUsed && isFirst);
    }
    isFirst = false;
    yield decodeWireEvent(frame);
  }
}

/** A server may end a connection in the very moment it is used again, which says nothing. */
function asStale(error: unknown, isPossible: boolean): unknown {
  return isPossible && error instanceof HttpError && error.failure === 'broken'
    ? new StaleLinkError(error.failure, error.message, { cause: error })
    : error;
}
