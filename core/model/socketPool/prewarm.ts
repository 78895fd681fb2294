import { errorText } from '../../base/index.ts';
import type { ModelEvent } from '../contract/index.ts';
import { createFrame, socketRequestParts } from '../request/index.ts';
import {
  decodeWireEvent,
  factsFromHeaders,
  rateLimitsFromEvent,
  type WireEvent,
} from '../response/index.ts';
import type { Exchange } from '../transport/index.ts';
import type { PooledSocket } from './pooledSocket.ts';

/**
 * Sends a request ahead that generates nothing, so that the model knows instructions and tools when
 * the first turn comes (responses §5.3). Says whether the connection can be used afterwards; what was
 * generated all the same is not kept, and then the first turn says everything itself. Never fails.
 */
export async function prewarm(
  pooled: PooledSocket,
  exchange: Exchange,
  limitMs: number,
): Promise<boolean> {
  const { options } = exchange;
  const { clock, log, provider } = options;
  const parts = socketRequestParts(
    { ...options, ...exchange, identity: options },
    { nowMs: clock.nowMs(), trace: exchange.ownTrace },
  );
  const late = clock.after(limitMs, () => {
    pooled.socket.drop();
  });
  const news: ModelEvent[] = [...pooled.news];
  let isPure = true;
  try {
    pooled.isUsed = true;
    await pooled.socket.send(createFrame(parts, { generate: false }));
    for (;;) {
      const decoded = decodeWireEvent(await pooled.socket.receive(limitMs));
      if (decoded.kind === 'malformed') isPure = false;
      if (decoded.kind !== 'known') continue;
      const { event } = decoded;
      news.push(...newsIn(event));
      if (event.type === 'response.completed') {
        const responseId = event.response.id ?? undefined;
        isPure &&= responseId !== undefined && (event.response.output ?? []).length === 0;
        pooled.news = news;
        if (isPure && responseId !== undefined) {
          const { fixed, input } = parts;
          pooled.remembered = { fixed, input, output: [], responseId };
        }
        return true;
      }
      if (ENDINGS.has(event.type)) {
        log.debug({ provider: provider.id, type: event.type }, 'the model was not warmed');
        return false;
      }
      if (event.type.startsWith('response.output_')) isPure = false;
    }
  } catch (error) {
    log.debug({ provider: provider.id, cause: errorText(error) }, 'the model was not warmed');
    return false;
  } finally {
    late.cancel();
  }
}

const ENDINGS: ReadonlySet<WireEvent['type']> = new Set([
  'response.failed',
  'response.incomplete',
  'response.cancelled',
  'error',
]);

function newsIn(event: WireEvent): readonly ModelEvent[] {
  if (event.type === 'response.metadata') return factsFromHeaders(event.headers ?? {}).events;
  return event.type === 'codex.rate_limits'
    ? rateLimitsFromEvent(event).map((snapshot) => ({ type: 'rateLimits', snapshot }))
    : [];
}
