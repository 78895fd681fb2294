import { createServer } from 'node:http';

import { listenOnLoopback } from '../../platform/testing/index.ts';
import { createResponsesRoutes, type ResponsesRoutesOptions } from '../index.ts';

export type PracticeServer = AsyncDisposable & {
  /** What a provider's base URL would be. */
  readonly url: URL;
};

/** The Responses routes on a server of their own on loopback. */
export async function startPracticeServer(
  options: ResponsesRoutesOptions,
): Promise<PracticeServer> {
  const routes = createResponsesRoutes(options);
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    const route = routes.find(
      ({ method, path }) => method === request.method && path === url.pathname,
    );
    if (route === undefined) response.writeHead(404).end();
    else void route.handle(request, response, url);
  });
  const { port, close } = await listenOnLoopback(server);
  return {
    url: new URL(`http://127.0.0.1:${port}/v1`),
    [Symbol.asyncDispose]: close,
  };
}
