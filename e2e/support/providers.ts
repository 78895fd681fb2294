import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The key of `providerAt`, which nobody may ever get to see. */
export const SECRET_KEY = 'sk-not-for-anybody';

/** Nothing listens on the port of the discard service, and nothing else may. */
export const UNREACHABLE = 'http://127.0.0.1:9/v1';

/** config.toml with a provider of the user's own at this address, asked once and not again. */
export const providerAt = (baseUrl: string): string => `
model = "some-model"
model_provider = "mine"

[model_providers.mine]
name = "Mine"
base_url = "${baseUrl}"
experimental_bearer_token = "${SECRET_KEY}"
request_max_retries = 0
stream_max_retries = 0
`;

/** A provider that takes no key. */
export async function startRefusingProvider(): Promise<AsyncDisposable & { baseUrl: string }> {
  const server = createServer((_request, response) => {
    response.writeHead(401, { 'content-type': 'application/json' });
    response.end('{"error":{"message":"Incorrect API key provided.","code":"invalid_api_key"}}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
