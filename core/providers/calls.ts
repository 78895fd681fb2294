import {
  type ConnectFailure,
  RealtimeConnectError,
  statusFailure,
} from '../../realtime/transport/index.ts';
import { type Clock, errorText, sleep } from '../base/index.ts';
import { HttpError, type HttpPort, type HttpRequest, readText } from '../model/index.ts';
import type { Logger } from '../platform/index.ts';
import {
  callRetryDelayMs,
  type CallRequest,
  type CallsPort,
  type CreatedCall,
} from '../voice/index.ts';
import { createdCall, hangUpUrl, offerBody } from './callWire.ts';
import { isKeyRefusal } from './keyRefusal.ts';
import { type CallsAddress, callsAddress, type VoiceProvider } from './voiceProvider.ts';

const CONNECT_TIMEOUT_MS = 10_000;
/** The provider gathers its ICE candidates before it answers. */
const HEADERS_TIMEOUT_MS = 20_000;
const IDLE_TIMEOUT_MS = 10_000;
const HANG_UP_TIMEOUT_MS = 3_000;
const MAX_ANSWER_BYTES = 256 * 1024;
const NOT_FOUND = 404;

/** Calls at all providers: made for the voice of a thread, and hung up before the engine is gone. */
export class Calls {
  readonly #http: HttpPort;
  readonly #clock: Clock;
  readonly #log: Logger;
  /** Hang-ups under way. */
  readonly #goodbyes = new Set<Promise<void>>();

  constructor(ports: { readonly http: HttpPort; readonly clock: Clock; readonly log: Logger }) {
    this.#http = ports.http;
    this.#clock = ports.clock;
    this.#log = ports.log;
  }

  /** The calls of one thread at its provider (realtime-v2 §16.2), with the key of its sockets. */
  of(provider: VoiceProvider, maxRetries: number): CallsPort {
    return {
      maxRetries,
      create: async (request) => {
        try {
          return await this.#create(provider, request, maxRetries);
        } catch (error) {
          // Also a success may come with an address that is none.
          provider.secrets.hideIn(error);
          throw error;
        }
      },
      hangUp: (callId, realtimeSessionId) => {
        const goodbye = this.#hangUp(provider, callId, realtimeSessionId)
          .catch((error: unknown) => {
            this.#log.warn({ cause: errorText(error) }, 'A call could not be hung up');
          })
          .finally(() => {
            this.#goodbyes.delete(goodbye);
          });
        this.#goodbyes.add(goodbye);
      },
    };
  }

  /** Resolves once every call that was to end has been hung up, which has a limit of its own. */
  async settled(): Promise<void> {
    await Promise.all(this.#goodbyes);
  }

  /**
   * Posts offer and session, and again where the server refused it or was never reached, at 0.2, 0.6,
   * 1.4 s and so on. Throws RealtimeConnectError, or another ProductError in plain words.
   */
  async #create(
    provider: VoiceProvider,
    request: CallRequest,
    maxRetries: number,
  ): Promise<CreatedCall> {
    const address = await callsAddress(provider, request.realtimeSessionId);
    const { url } = address;
    const { contentType, body } = offerBody(url, request);
    const headers = { ...address.headers, 'content-type': contentType };
    const { signal } = request;
    for (let attempt = 0; ; attempt += 1) {
      try {
        const answer = await this.#post(provider, { url, headers, body, signal });
        return createdCall(url, answer.headers, answer.text);
      } catch (error) {
        if (attempt >= maxRetries || !mayPass(error)) throw error;
        request.onRetry(attempt + 1, errorText(error));
      }
      await sleep(this.#clock, callRetryDelayMs(attempt), signal);
    }
  }

  /** Within 3 s, the key's coming included. An unknown call has ended already. */
  async #hangUp(provider: VoiceProvider, callId: string, realtimeSessionId: string): Promise<void> {
    const address = await callsAddress(provider, realtimeSessionId);
    const url = hangUpUrl(address.url, callId);
    const abort = new AbortController();
    const timer = this.#clock.after(HANG_UP_TIMEOUT_MS, () => {
      abort.abort();
    });
    const { headers } = address;
    try {
      await this.#post(provider, { url, headers, body: undefined, signal: abort.signal });
    } catch (error) {
      if (!isUnknownCall(error)) throw error;
    } finally {
      timer.cancel();
    }
  }

  /** Posts with the key. Throws RealtimeConnectError, also for any status but success. */
  async #post({ authenticated }: VoiceProvider, request: Post): Promise<Posted> {
    const { url, headers, signal } = request;
    return authenticated({
      signal,
      isRefusal: isKeyRefusal,
      send: async (key) => {
        const answer = await this.#respond({ ...request, headers: { ...headers, ...key } });
        const { status, text } = answer;
        if (status >= 200 && status < 300) return { headers: answer.headers, text };
        const failure = statusFailure(status, text, answer.headers['retry-after']);
        throw new RealtimeConnectError(url, failure);
      },
    });
  }

  async #respond(request: Post): Promise<Posted & { readonly status: number }> {
    const { url, signal } = request;
    try {
      const response = await this.#http.send({
        ...request,
        method: 'POST',
        connectTimeoutMs: CONNECT_TIMEOUT_MS,
        headersTimeoutMs: HEADERS_TIMEOUT_MS,
        idleTimeoutMs: IDLE_TIMEOUT_MS,
      });
      // One larger than any session description is cut off, and will be found to be none.
      const { text } = await readText(response, MAX_ANSWER_BYTES);
      return { status: response.status, headers: response.headers, text };
    } catch (error) {
      if (!(error instanceof HttpError)) throw error;
      const failure: ConnectFailure = signal.aborted
        ? { kind: 'aborted' }
        : { kind: 'refused', cause: error.message };
      throw new RealtimeConnectError(url, failure, { cause: error });
    }
  }
}

type Post = Pick<HttpRequest, 'body' | 'signal'> & CallsAddress;

type Posted = { readonly headers: Readonly<Record<string, string>>; readonly text: string };

const isUnknownCall = (error: unknown): boolean =>
  error instanceof RealtimeConnectError &&
  error.failure.kind === 'status' &&
  error.failure.status === NOT_FOUND;

/** An offer that was read and got no answer may have made a call; another one would ring twice. */
function mayPass(error: unknown): boolean {
  if (!(error instanceof RealtimeConnectError)) return false;
  const { failure, cause } = error;
  if (failure.kind === 'status') return failure.status >= 500;
  return (
    cause instanceof HttpError &&
    (cause.failure === 'unreachable' || cause.failure === 'connectTimeout')
  );
}
