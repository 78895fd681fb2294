import { expect, test } from 'vitest';

import { messageAnswer, startBench } from '../testing/index.ts';

const byWebSocket = { supportsWebsockets: true };

test('the websocket streams the request and its answer', async () => {
  await using bench = await startBench([], byWebSocket);
  const { sockets } = bench.upstream;
  sockets.answer([{ events: messageAnswer('hello there') }]);
  const sampling = bench.sample();

  expect(await sampling.ended).toBeUndefined();
  expect(sampling.text()).toBe('hello there');
  expect(sockets.handshakes).toMatchObject([
    {
      'openai-beta': 'responses_websockets=2026-02-06',
      'sec-websocket-extensions': 'permessage-deflate; client_max_window_bits',
      authorization: 'Bearer sk-test',
      'x-client-request-id': 'thread-1',
    },
  ]);
  expect(sockets.creates).toMatchObject([
    {
      type: 'response.create',
      model: 'test-model',
      stream: true,
      store: false,
      client_metadata: { 'x-codex-installation-id': 'installation-1', turn_id: 'turn-1' },
    },
  ]);
  expect(bench.upstream.requests).toEqual([]);
});
