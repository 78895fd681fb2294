import * as z from 'zod';

import { errorText, parseJson, ProductError } from '../../base/index.ts';
import type { TokenUsage } from '../../protocol/index.ts';
import { type ModelRequest, ResponseItem } from '../contract/index.ts';
import { readText } from '../http/index.ts';
import { buildCompactRequest, type TurnContext } from '../request/index.ts';
import { usageOf } from '../response/index.ts';
import type { ModelClientOptions } from '../transport/index.ts';

/** What a provider puts in place of a conversation; nobody else can read all of it. */
export type CompactedInput = {
  readonly items: readonly ResponseItem[];
  readonly usage: TokenUsage | undefined;
};

const Compacted = z.object({ output: z.array(ResponseItem).min(1), usage: z.unknown() });
const MAX_BODY_BYTES = 32 * 1024 * 1024;
const UNAUTHORIZED = 401;

class CompactRefusedError extends ProductError {
  readonly code = 'compactRefused';
  readonly retryable = false;
  readonly status: number;

  constructor(status: number) {
    super(`it answered with status ${status}`);
    this.status = status;
  }
}

/**
 * Has the provider itself make a conversation shorter (responses §15). Undefined where nothing came of it,
 * whatever the reason: a summary by an ordinary request, which tells people of failures, is the other way.
 */
export async function compactByProvider(
  options: ModelClientOptions,
  turn: TurnContext,
  request: ModelRequest,
  signal: AbortSignal,
): Promise<CompactedInput | undefined> {
  const { provider, log } = options;
  try {
    return await provider.authenticated({
      signal,
      isRefusal: (error) => error instanceof CompactRefusedError && error.status === UNAUTHORIZED,
      send: async (key) => post(options, turn, request, { signal, key }),
    });
  } catch (error) {
    provider.hideSecrets(error);
    if (!signal.aborted) {
      const reason = errorText(error);
      log.warn({ provider: provider.id, reason }, 'The provider did not compact a conversation');
    }
    return undefined;
  }
}

async function post(
  options: ModelClientOptions,
  turn: TurnContext,
  request: ModelRequest,
  { signal, key }: { signal: AbortSignal; key: Readonly<Record<string, string>> },
): Promise<CompactedInput> {
  const { provider, callerHeaders, http } = options;
  const parts = { provider, callerHeaders, identity: options, turn, turnState: undefined, request };
  const { url, headers, body } = buildCompactRequest(parts);
  const response = await http.send({
    method: 'POST',
    url,
    headers: { ...headers, ...key },
    body,
    connectTimeoutMs: provider.connectTimeoutMs,
    // It says nothing before it has read everything.
    headersTimeoutMs: provider.streamIdleTimeoutMs,
    idleTimeoutMs: provider.streamIdleTimeoutMs,
    signal,
  });
  if (response.status !== 200) {
    response.discard();
    throw new CompactRefusedError(response.status);
  }
  const { text, isWhole } = await readText(response, MAX_BODY_BYTES);
  const json = isWhole ? parseJson(text) : { problem: 'is too large' };
  if ('problem' in json) throw new UnreadableError(`its answer ${json.problem}`);
  const compacted = Compacted.safeParse(json.value);
  if (!compacted.success) throw new UnreadableError('its answer holds no conversation');
  return { items: compacted.data.output, usage: usageOf(compacted.data.usage) };
}

class UnreadableError extends ProductError {
  readonly code = 'compactUnreadable';
  readonly retryable = false;
}
