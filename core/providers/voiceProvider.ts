import { connectWebSocketWire, type RealtimeWire } from '../../realtime/transport/index.ts';
import type { Clock } from '../base/index.ts';
import { type Config, realtimeCallsUrl, realtimeUrl } from '../config/index.ts';
import type { Authenticated } from '../model/index.ts';
import type { WireTarget } from '../voice/index.ts';
import { type Address, type Caller, callerHeaders } from './address.ts';
import { isKeyRefusal } from './keyRefusal.ts';
import type { Secrets } from './secrets.ts';

const CONNECT_TIMEOUT_MS = 10_000;

/** What the ways to a provider's voice have in common. */
export type VoiceProvider = {
  readonly caller: Caller;
  readonly config: Pick<Config, 'realtimeWsBaseUrl' | 'realtimeCallBaseUrl'>;
  readonly clock: Clock;
  /** Where the provider is; waits for practice to run. */
  readonly address: () => Promise<Address>;
  readonly authenticated: Authenticated;
  readonly secrets: Secrets;
};

/** Opens a Realtime socket or joins a call by one: a single try. Throws a ProductError in plain words. */
export async function openVoiceSocket(
  { caller, config, clock, address, authenticated, secrets }: VoiceProvider,
  target: WireTarget,
): Promise<RealtimeWire> {
  const { baseUrl, headers, queryParams } = await address();
  const url = new URL(realtimeUrl(config.realtimeWsBaseUrl ?? baseUrl, target, queryParams));
  const { realtimeSessionId, signal } = target;
  return authenticated({
    signal,
    isRefusal: isKeyRefusal,
    send: async (key) =>
      connectWebSocketWire({
        url,
        headers: { ...voiceHeaders(caller, headers, realtimeSessionId), ...key },
        clock,
        connectTimeoutMs: CONNECT_TIMEOUT_MS,
        signal,
        read: (text) => secrets.hide(text),
      }),
  });
}

/** Where calls are made, and as whom. */
export type CallsAddress = {
  /** `…/realtime/calls` */
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
};

/** Where the provider's calls of one voice session are made (realtime-v2 §16.2). */
export async function callsAddress(
  { caller, config, address }: VoiceProvider,
  realtimeSessionId: string,
): Promise<CallsAddress> {
  const { baseUrl, headers, queryParams } = await address();
  return {
    url: realtimeCallsUrl(config.realtimeCallBaseUrl ?? baseUrl, queryParams),
    headers: voiceHeaders(caller, headers, realtimeSessionId),
  };
}

/** Who asks, and for which conversation (realtime-v2 §3.2). */
function voiceHeaders(
  caller: Caller,
  own: Address['headers'],
  realtimeSessionId: string,
): Readonly<Record<string, string>> {
  return {
    ...callerHeaders(caller),
    'thread-id': caller.threadId,
    'session-id': caller.threadId,
    ...own,
    'x-session-id': realtimeSessionId,
  };
}
