import { type Clock, errorText } from '../base/index.ts';
import type { HttpPort } from '../model/index.ts';
import type { Logger } from '../platform/index.ts';
import type { CallsPort } from '../voice/index.ts';
import { type CallsEndpoint, createCall, hangUpCall } from './callRequests.ts';
import { callsEndpoint, type VoiceProvider } from './voiceProvider.ts';

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
    const at = async (realtimeSessionId: string): Promise<CallsEndpoint> =>
      callsEndpoint(provider, realtimeSessionId, {
        http: this.#http,
        clock: this.#clock,
        maxRetries,
      });
    return {
      create: async (request) => {
        const endpoint = await at(request.realtimeSessionId);
        try {
          return await createCall(endpoint, request);
        } catch (error) {
          // Also a success may come with an address that is none.
          provider.secrets.hideIn(error);
          throw error;
        }
      },
      hangUp: (callId, realtimeSessionId) => {
        const goodbye = at(realtimeSessionId)
          .then(async (endpoint) => hangUpCall(endpoint, callId))
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
}
