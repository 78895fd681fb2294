import { describe, expect, test } from 'vitest';

import { startTestServer, WireClient } from '../testing/index.ts';

const nested = (levels: number): string => '{"a":'.repeat(levels) + '1' + '}'.repeat(levels);
const DEEP = nested(2_000);
const DEEP_LIST = '['.repeat(100_000);

describe('a client of the built-in server', () => {
  test.each([
    ['an item', `{"type":"conversation.item.create","item":${DEEP}}`],
    ['a setting', `{"type":"session.update","session":{"type":"realtime","tools":[${DEEP}]}}`],
    ['the metadata of a response', `{"type":"response.create","response":{"metadata":${DEEP}}}`],
    ['its event id', `{"type":"response.cancel","event_id":${DEEP}}`],
    ['brackets alone', DEEP_LIST],
  ])('is told that %s is too deep, and it and others talk on', async (_what, frame) => {
    await using server = await startTestServer();
    const [one, other] = await Promise.all([
      WireClient.connect(server.url),
      WireClient.connect(server.url),
    ]);
    one.sendRaw(frame);

    expect(await one.next('error')).toMatchObject({
      error: { code: 'invalid_json', message: 'The event is nested deeper than 128 levels.' },
    });
    for (const client of [one, other]) {
      client.ask('hello');
      expect(await client.next('response.done')).toMatchObject({
        response: { status: 'completed' },
      });
      client.close();
    }
  });

  test.each([
    ['/v1/realtime/client_secrets', 'application/json', `{"session":${DEEP}}`],
    ['/v1/realtime/calls', 'application/json', `{"sdp":"v=0","session":${DEEP}}`],
  ])('is refused with 400 when what it posts to %s is too deep', async (path, type, body) => {
    await using server = await startTestServer();
    const response = await fetch(new URL(path, server.url), {
      method: 'POST',
      headers: { 'content-type': type },
      body,
    });

    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      error: { code: 'invalid_json', message: 'The body is nested deeper than 128 levels.' },
    });
  });
});
