import { describe, expect, test } from 'vitest';

import { ManualClock } from '../../../core/base/testing/index.ts';
import {
  CallClient,
  MemoryNet,
  MemoryPeer,
  postOffer,
  realClock,
  startTestServer,
  type TestServer,
  upgradeStatus,
  WireClient,
} from '../testing/index.ts';

type Secret = {
  readonly status: number;
  readonly value: string;
  readonly expiresAt: number;
  readonly session: unknown;
  readonly error: unknown;
};

async function askForKey(server: TestServer, body: unknown, key = 'secret'): Promise<Secret> {
  const response = await fetch(`${server.url.href}/realtime/client_secrets`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const given = (await response.json()) as Record<string, unknown>;
  return {
    status: response.status,
    value: String(given['value']),
    expiresAt: Number(given['expires_at']),
    session: given['session'],
    error: given['error'],
  };
}

const bearer = (key: string): Record<string, string> => ({ authorization: `Bearer ${key}` });

function offerOf(net: MemoryNet): string {
  const ignore = {
    onAudio: () => undefined,
    onEvent: () => undefined,
    onChannelOpen: () => undefined,
    onClosed: () => undefined,
  };
  return net.offer(new MemoryPeer(ignore, realClock));
}

async function postBare(
  server: TestServer,
  net: MemoryNet,
  headers: Record<string, string>,
): Promise<Response> {
  return fetch(`${server.url.href}/realtime/calls`, {
    method: 'POST',
    headers: { 'content-type': 'application/sdp', ...headers },
    body: offerOf(net),
  });
}

async function preflight(server: TestServer, path: string, from: string): Promise<Response> {
  return fetch(`${server.url.href}/realtime/${path}`, {
    method: 'OPTIONS',
    headers: {
      origin: from,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization,content-type,x-sdk',
    },
  });
}

async function socketStatus(
  server: TestServer,
  query: string,
  headers: Record<string, string>,
): Promise<number> {
  return (await upgradeStatus(`${server.url.href}/realtime?${query}`, headers)).status;
}

describe('an ephemeral key', () => {
  test('carries its session into calls and sockets until it expires', async () => {
    const clock = new ManualClock();
    const net = new MemoryNet();
    await using server = await startTestServer({
      apiKey: 'secret',
      clock,
      loadMedia: async () => net,
    });
    const session = { type: 'realtime', model: 'lent', instructions: 'Be brief.' };
    const { value, expiresAt } = await askForKey(server, {
      expires_after: { anchor: 'created_at', seconds: 10 },
      session,
    });
    const seen = { model: 'lent', instructions: 'Be brief.' };

    expect(value).toMatch(/^ek_[\w-]{32}$/u);
    expect(expiresAt).toBe(Math.floor((clock.nowMs() + 10_000) / 1000));
    const socket = await WireClient.connect(server.url, '', bearer(value));
    expect(socket.events[0]).toMatchObject({ session: seen });
    const response = await postBare(server, net, bearer(value));
    const callId = response.headers.get('location')?.split('/').at(-1) ?? '';
    const sideband = await WireClient.connect(server.url, `call_id=${callId}`, bearer(value));
    expect(sideband.events[0]).toMatchObject({ session: seen });
    clock.advance(10_000);

    expect((await postBare(server, net, bearer(value))).status).toBe(401);
    expect(await socketStatus(server, '', bearer(value))).toBe(401);
    expect(sideband.closed).toBeUndefined();
    socket.close();
    sideband.close();
  });

  test('is overruled where a request says otherwise', async () => {
    const net = new MemoryNet();
    await using server = await startTestServer({ apiKey: 'secret', loadMedia: async () => net });
    const { value } = await askForKey(server, {
      session: { type: 'realtime', model: 'lent', instructions: 'Be brief.', tool_choice: 'none' },
    });
    const caller = await CallClient.dial(server.url, {
      net,
      headers: bearer(value),
      session: { type: 'realtime', model: 'own', instructions: 'Be long.' },
    });

    expect(caller.events[0]).toMatchObject({
      session: { model: 'own', instructions: 'Be long.', tool_choice: 'none' },
    });
    await caller.close();
  });

  test('opens nothing but sessions and calls', async () => {
    await using server = await startTestServer({
      apiKey: 'secret',
      routes: [
        { method: 'GET', path: '/v1/models', handle: (_request, response) => void response.end() },
      ],
    });
    const { value } = await askForKey(server, '');
    const models = await fetch(`${server.url.href}/models`, { headers: bearer(value) });

    expect(models.status).toBe(401);
    expect((await askForKey(server, '', value)).status).toBe(401);
  });

  test('sees the calls it made; the real key sees all', async () => {
    const net = new MemoryNet();
    await using server = await startTestServer({ apiKey: 'secret', loadMedia: async () => net });
    const [one, two] = await Promise.all([askForKey(server, ''), askForKey(server, '')]);
    const caller = await CallClient.dial(server.url, { net, headers: bearer(one.value) });
    const join = async (key: string): Promise<WireClient> =>
      WireClient.connect(server.url, `call_id=${caller.callId}`, bearer(key));
    const hangUp = async (key: string): Promise<number> => {
      const url = `${server.url.href}/realtime/calls/${caller.callId}/hangup`;
      return (await fetch(url, { method: 'POST', headers: bearer(key) })).status;
    };

    expect(await socketStatus(server, `call_id=${caller.callId}`, bearer(two.value))).toBe(404);
    expect(await hangUp(two.value)).toBe(404);
    expect((await join(one.value)).types()).toEqual(['session.created', 'conversation.created']);
    expect((await join('secret')).types()).toEqual(['session.created', 'conversation.created']);
    expect(await hangUp('secret')).toBe(200);
  });

  test.for<{ name: string; body: unknown; error: object }>([
    {
      name: 'too short',
      body: { expires_after: { seconds: 9 } },
      error: { param: 'expires_after.seconds' },
    },
    {
      name: 'too long',
      body: { expires_after: { seconds: 7201 } },
      error: { param: 'expires_after.seconds' },
    },
    {
      name: 'an anchor nobody knows',
      body: { expires_after: { anchor: 'now' } },
      error: { param: 'expires_after.anchor' },
    },
    { name: 'no JSON', body: '{', error: { code: 'invalid_json' } },
    { name: 'no object', body: '[]', error: { code: 'invalid_value' } },
    {
      name: 'an unknown field',
      body: { session: { type: 'realtime', x: 1 } },
      error: { code: 'unknown_parameter', param: 'session.x' },
    },
  ])('is refused when asked for with $name', async ({ body, error }) => {
    await using server = await startTestServer({ apiKey: 'secret' });

    expect(await askForKey(server, body)).toMatchObject({ status: 400, error });
  });

  test('is handed out by a server without a key, lives ten minutes and names no model by itself', async () => {
    const clock = new ManualClock();
    await using server = await startTestServer({ clock });
    const { value, expiresAt, session } = await askForKey(server, {});
    const named = await WireClient.connect(server.url, 'model=m', bearer(value));

    expect(expiresAt).toBe(Math.floor((clock.nowMs() + 600_000) / 1000));
    expect(session).toMatchObject({ type: 'realtime', object: 'realtime.session', model: null });
    expect(named.events[0]).toMatchObject({ session: { model: 'm' } });
    expect(await socketStatus(server, '', bearer(value))).toBe(400);
    expect(await socketStatus(server, 'model=m', bearer('ek_guess'))).toBe(401);
    named.close();
  });
});

describe('a page of another origin', () => {
  const origin = 'https://shop.example';

  test('may ask, call and read the answer, with a key', async () => {
    const net = new MemoryNet();
    await using server = await startTestServer({ apiKey: 'secret', loadMedia: async () => net });
    const { value } = await askForKey(server, { session: { type: 'realtime', model: 'm' } });
    const asked = await preflight(server, 'calls', origin);
    const called = await postBare(server, net, { ...bearer(value), origin });
    const wrong = await fetch(`${server.url.href}/realtime/calls`, {
      method: 'POST',
      headers: { ...bearer(value), origin, 'content-type': 'text/plain' },
      body: 'x',
    });

    expect(asked.status).toBe(204);
    expect(Object.fromEntries(asked.headers)).toMatchObject({
      'access-control-allow-origin': origin,
      'access-control-allow-methods': 'POST',
      'access-control-allow-headers': 'authorization,content-type,x-sdk',
      vary: 'Origin',
    });
    expect(called.status).toBe(201);
    expect(called.headers.get('access-control-allow-origin')).toBe(origin);
    expect(called.headers.get('access-control-expose-headers')).toBe('Location');
    expect(called.headers.get('access-control-allow-credentials')).toBeNull();
    expect([wrong.status, wrong.headers.get('access-control-allow-origin')]).toEqual([415, origin]);
    expect(net.warmUps).toBeGreaterThan(0);
  });

  test('gets nothing without the key', async () => {
    const net = new MemoryNet();
    await using server = await startTestServer({ apiKey: 'secret', loadMedia: async () => net });

    for (const headers of [{}, bearer('wrong'), bearer('ek_guess')]) {
      const response = await postBare(server, net, { ...headers, origin });
      expect(response.status).toBe(401);
      expect(response.headers.get('access-control-allow-origin')).toBeNull();
    }
    expect(net.answered).toEqual([]);
  });

  test('gets nothing but calls, even with the key', async () => {
    await using server = await startTestServer({ apiKey: 'secret' });
    const secret = await fetch(`${server.url.href}/realtime/client_secrets`, {
      method: 'POST',
      headers: { ...bearer('secret'), origin },
    });

    expect(secret.status).toBe(403);
    expect(
      (await preflight(server, 'client_secrets', origin)).headers.get(
        'access-control-allow-origin',
      ),
    ).toBeNull();
    expect(await socketStatus(server, 'model=m', { ...bearer('secret'), origin })).toBe(403);
  });

  test('gets nothing at all from a server without a key, where a page of this machine may call', async () => {
    const net = new MemoryNet();
    await using server = await startTestServer({ loadMedia: async () => net });
    const local = 'http://localhost:5173';
    const lent = (await askForKey(server, {})).value;

    expect((await preflight(server, 'calls', origin)).status).toBe(403);
    expect((await postBare(server, net, { origin })).status).toBe(403);
    expect((await postBare(server, net, { ...bearer(lent), origin })).status).toBe(403);
    expect((await preflight(server, 'calls', local)).status).toBe(204);
    const offer = await postOffer(server.url, offerOf(net), { headers: { origin: local } });
    expect(offer.status).toBe(201);
    expect(offer.headers.get('access-control-allow-origin')).toBe(local);
  });
});
