import type { IncomingMessage, ServerResponse } from 'node:http';

import { errorText } from '../../../core/base/index.ts';
import {
  checkVisitor,
  type EphemeralKeys,
  isCallsPath,
  REALTIME_PATH,
} from '../admission/index.ts';
import type { CallRegistry } from '../calls/index.ts';
import { type CallRoute, findCallRoute } from './callRoutes.ts';
import { allowPage, answerPreflight } from './cors.ts';
import { requestUrl, writeRefusal } from './http.ts';
import type { SessionPorts } from '../session/index.ts';
import { refuse, type Refused } from '../errors/index.ts';

/** One more path of the same server; requests reach it only with the key and from allowed origins. */
export type HttpRoute = {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** A path as `URLPattern` has them: `:id` stands for one part of it. */
  readonly path: string;
  handle(request: IncomingMessage, response: ServerResponse, at: RouteMatch): void | Promise<void>;
};

/** Where a request has come to: its address, and what stood for the named parts of the path. */
export type RouteMatch = {
  readonly url: URL;
  readonly params: Readonly<Record<string, string | undefined>>;
};

export type RequestRouterOptions = {
  readonly ports: SessionPorts;
  readonly registry: CallRegistry;
  readonly keys: EphemeralKeys;
  readonly apiKey?: string;
  readonly sessionLimitMs: number;
  readonly routes: readonly HttpRoute[];
  readonly onFirstSession: () => void;
};

/** Answers plain requests: calls, ephemeral keys, and the routes the server was given. */
export class RequestRouter {
  readonly #options: RequestRouterOptions;
  readonly #routes: readonly { readonly route: HttpRoute; readonly pattern: URLPattern }[];

  constructor(options: RequestRouterOptions) {
    this.#options = options;
    this.#routes = options.routes.map((route) => ({
      route,
      pattern: new URLPattern({ pathname: route.path }),
    }));
  }

  /** Never throws: whatever fails is answered and logged. */
  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = requestUrl(request);
    try {
      const refused = await this.#serve(request, response, url);
      if (refused !== undefined) writeRefusal(response, refused);
    } catch (error) {
      this.#options.ports.log(`${url.pathname} failed: ${errorText(error)}`);
      if (response.headersSent) response.destroy();
      else
        writeRefusal(response, refuse(500, 'server_error', 'The server failed on this request.'));
    }
  }

  async #serve(
    request: IncomingMessage,
    response: ServerResponse,
    url: URL,
  ): Promise<Refused | undefined> {
    const { apiKey, keys } = this.#options;
    if (request.method === 'OPTIONS' && isCallsPath(url)) {
      const refused = answerPreflight(request, response, url, apiKey);
      if (refused === undefined) this.#prepareForCalls();
      return refused;
    }
    const holder = checkVisitor({ url, headers: request.headers }, apiKey, keys);
    if (holder.kind === 'refused') return holder;
    if (isCallsPath(url)) allowPage(request, response);
    const route = this.#findCallRoute(url);
    if (route === undefined) return this.#serveRoute(request, response, url);
    if (request.method !== 'POST') return wrongMethod(url);
    // A call that is here already would only have to share the machine with the preparations.
    if (!isCallsPath(url)) this.#prepareForCalls();
    return route({ request, response, url, holder });
  }

  #findCallRoute(url: URL): CallRoute | undefined {
    const { ports, registry, keys, sessionLimitMs } = this.#options;
    const { clock, newId, voice } = ports;
    const { onFirstSession } = this.#options;
    const { voices } = voice;
    return findCallRoute(
      { registry, keys, clock, newId, sessionLimitMs, voices, onFirstSession },
      url,
    );
  }

  /** Whoever asks about calls or for a key is about to call, and should not wait for the loading. */
  #prepareForCalls(): void {
    void this.#options.registry.warmUp();
    this.#options.onFirstSession();
  }

  async #serveRoute(
    request: IncomingMessage,
    response: ServerResponse,
    url: URL,
  ): Promise<Refused | undefined> {
    let isKnown = false;
    for (const { route, pattern } of this.#routes) {
      const match = pattern.exec(url);
      if (match === null) continue;
      isKnown = true;
      if (route.method !== request.method) continue;
      await route.handle(request, response, { url, params: match.pathname.groups });
      return undefined;
    }
    return explainMissing(url, isKnown);
  }
}

function explainMissing(url: URL, knownPath: boolean): Refused {
  if (url.pathname === REALTIME_PATH) {
    return refuse(426, 'upgrade_required', 'Sessions are WebSockets: ask for an upgrade.');
  }
  return knownPath ? wrongMethod(url) : refuse(404, 'not_found', `Unknown path: ${url.pathname}.`);
}

function wrongMethod(url: URL): Refused {
  return refuse(405, 'method_not_allowed', `${url.pathname} does not take this method.`);
}
