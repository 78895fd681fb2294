import { request as httpRequest } from 'node:http';

import { describe, expect, test } from 'vitest';

import { ManualClock } from '../../../core/base/testing/index.ts';
import {
  CALL_SESSION,
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

const ignore = {
  onAudio: () => undefined,
  onEvent: () => undefined,
  onChannelOpen: () => undefined,
  onClosed: () => undefined,
};

function offerOf(net: MemoryNet): string {
  return net.offer(new MemoryPeer(ignore, realClock));
}

async function start(
  options: Parameters<typeof startTestServer>[0] = {},
): Promise<{ readonly net: MemoryNet; readonly server: TestServer }> {
  const net = new MemoryNet();
  const server = await startTestServer({ loadMedia: async () => net, ...options });
  return { net, server };
}

type Post = { readonly type?: string; readonly body: string | Uint8Array | FormData };

async function post(
  server: TestServer,
  path: string,
  { type, body }: Post,
  headers: Record<string, string> = {},
): Promise<{
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly error: unknown;
}> {
  const response = await fetch(`${server.url.href}/realtime/${path}`, {
    method: 'POST',
    headers: { ...headers, ...(type !== undefined && { 'content-type': type }) },
    body,
  });
  const text = await response.text();
  const parsed: unknown =
    response.headers.get('content-type') === 'application/json' ? JSON.parse(text) : undefined;
  const error =
    typeof parsed === 'object' && parsed !== null && 'error' in parsed ? parsed.error : undefined;
  return { status: response.status, headers: response.headers, text, error };
}

/** A form as text, so that a test can break it. */
function form(
  parts: readonly (readonly [disposition: string, body: string])[],
  { boundary = 'codex-realtime-call-boundary', end = true } = {},
): Post {
  const body = parts
    .map(([disposition, content]) => `--${boundary}\r\n${disposition}\r\n\r\n${content}\r\n`)
    .join('');
  return {
    type: `multipart/form-data; boundary=${boundary}`,
    body: `${body}${end ? `--${boundary}--\r\n` : ''}`,
  };
}

const sdpPart = 'Content-Disposition: form-data; name="sdp"\r\nContent-Type: application/sdp';
const sessionPart =
  'Content-Disposition: form-data; name="session"\r\nContent-Type: application/json';
const named = (part: string): string => part.replace(/name="(\w+)"/u, 'name="$1"; filename="$1.x"');
const session = JSON.stringify(CALL_SESSION);

function asJson(value: unknown): Post {
  return { type: 'application/json', body: JSON.stringify(value) };
}

describe('a request for a call', () => {
  test.for<{ name: string; make: (sdp: string) => Post }>([
    {
      name: 'the form a client of the peer posts',
      make: (sdp) =>
        form([
          [sdpPart, sdp],
          [sessionPart, session],
        ]),
    },
    {
      name: 'a form in the other order, with file names and a boundary of its own',
      make: (sdp) =>
        form(
          [
            [named(sessionPart), session],
            [named(sdpPart), sdp],
          ],
          { boundary: "----x'y.z_1" },
        ),
    },
    {
      name: 'a form with parts nobody knows',
      make: (sdp) =>
        form([
          ['Content-Disposition: form-data; name="other"', 'x'],
          [sdpPart, sdp],
          [sessionPart, session],
        ]),
    },
    {
      name: 'JSON with both',
      make: (sdp) => ({
        type: 'application/json; charset=utf-8',
        body: JSON.stringify({ sdp, session: CALL_SESSION }),
      }),
    },
  ])('is answered when it is $name', async ({ make }) => {
    const { net, server } = await start();
    await using _ = server;
    const answer = await post(server, 'calls', make(offerOf(net)));

    expect(answer.status).toBe(201);
    expect(answer.headers.get('content-type')).toBe('application/sdp');
    expect(answer.headers.get('location')).toMatch(/^\/v1\/realtime\/calls\/rtc_\w+$/u);
    expect(answer.text).toMatch(/^v=0\r\n[\s\S]*a=setup:passive\r\n/u);
  });

  test('is answered when it is the bare offer, with the model in the address', async () => {
    const { net, server } = await start();
    await using _ = server;
    const type = 'application/sdp';
    const answer = await post(server, 'calls?model=m', { type, body: offerOf(net) });
    const id = answer.headers.get('location')?.split('/').at(-1) ?? '';
    const sideband = await WireClient.connect(server.url, `call_id=${id}`);

    expect(sideband.events[0]).toMatchObject({ session: { model: 'm' } });
    sideband.close();
  });

  test.for<{ name: string; make: (sdp: string) => Post; status?: number; error: object }>([
    {
      name: 'an empty offer',
      make: () => asJson({ sdp: '', session: CALL_SESSION }),
      error: { code: 'invalid_offer', param: 'sdp', message: 'The SDP offer is empty.' },
    },
    {
      name: 'no SDP at all',
      make: () => asJson({ sdp: 'hello', session: CALL_SESSION }),
      error: { code: 'invalid_offer', param: 'sdp' },
    },
    {
      name: 'an offer without audio',
      make: (sdp) => asJson({ sdp: sdp.replace('m=audio', 'm=video'), session: CALL_SESSION }),
      error: { code: 'invalid_offer', message: expect.stringContaining('m=audio') },
    },
    {
      name: 'an offer that is too large',
      make: (sdp) => asJson({ sdp: sdp + 'a=x\r\n'.repeat(14_000), session: CALL_SESSION }),
      error: { code: 'invalid_offer', message: expect.stringContaining('larger') },
    },
    {
      name: 'a body that is too large',
      make: () => ({ type: 'application/sdp', body: 'a=x\r\n'.repeat(1_000_000) }),
      status: 413,
      error: { code: 'request_too_large' },
    },
    {
      name: 'an offer that is no text',
      make: () => asJson({ sdp: 7, session: CALL_SESSION }),
      error: { code: 'invalid_type', param: 'sdp' },
    },
    {
      name: 'no offer in JSON',
      make: () => asJson({ session: CALL_SESSION }),
      error: { code: 'missing_required_parameter', param: 'sdp' },
    },
    {
      name: 'no offer in a form',
      make: () => form([[sessionPart, session]]),
      error: { code: 'missing_required_parameter', param: 'sdp' },
    },
    {
      name: 'JSON that is no object',
      make: () => asJson('v=0'),
      error: { code: 'invalid_json' },
    },
    {
      name: 'broken JSON',
      make: () => ({ type: 'application/json', body: '{' }),
      error: { code: 'invalid_json' },
    },
    {
      name: 'a form whose end is missing',
      make: (sdp) => form([[sdpPart, sdp]], { end: false }),
      error: { code: 'invalid_multipart' },
    },
    {
      name: 'a form without a boundary',
      make: (sdp) => ({ type: 'multipart/form-data', body: sdp }),
      error: { code: 'invalid_multipart' },
    },
    {
      name: 'a form with two offers',
      make: (sdp) =>
        form([
          [sdpPart, sdp],
          [sdpPart, sdp],
        ]),
      error: { code: 'invalid_multipart', param: 'sdp' },
    },
    {
      name: 'a session that is no JSON',
      make: (sdp) =>
        form([
          [sdpPart, sdp],
          [sessionPart, '{'],
        ]),
      error: { code: 'invalid_json', param: 'session' },
    },
    {
      name: 'a session without its type',
      make: (sdp) => asJson({ sdp, session: { model: 'm' } }),
      error: { code: 'missing_required_parameter', param: 'session.type' },
    },
    {
      name: 'a field that no session has',
      make: (sdp) => asJson({ sdp, session: { ...CALL_SESSION, speed: 2 } }),
      error: { code: 'unknown_parameter', param: 'session.speed' },
    },
    {
      name: 'a field of the wrong kind',
      make: (sdp) => asJson({ sdp, session: { ...CALL_SESSION, instructions: 7 } }),
      error: { code: 'invalid_type', param: 'session.instructions' },
    },
    {
      name: 'a voice nobody has',
      make: (sdp) =>
        asJson({ sdp, session: { ...CALL_SESSION, audio: { output: { voice: 'x' } } } }),
      error: { code: 'invalid_value', param: 'session.audio.output.voice' },
    },
    {
      name: 'no model',
      make: (sdp) => asJson({ sdp, session: { type: 'realtime' } }),
      error: { code: 'missing_model', param: 'model' },
    },
    {
      name: 'the bare offer without a model',
      make: (sdp) => ({ type: 'application/sdp', body: sdp }),
      error: { code: 'missing_model', param: 'model' },
    },
    {
      name: 'another kind of body',
      make: (sdp) => ({ type: 'text/plain', body: sdp }),
      status: 415,
      error: { code: 'unsupported_content_type' },
    },
  ])('is refused in words for $name', async ({ make, status = 400, error }) => {
    const { net, server } = await start();
    await using _ = server;
    const refused = await post(server, 'calls', make(offerOf(net)));

    expect(refused).toMatchObject({
      status,
      error: { type: 'invalid_request_error', message: expect.stringMatching(/\S/u), ...error },
    });
    expect(net.answered).toEqual([]);
  });

  test('says of a session exactly what session.update says', async () => {
    const { net, server } = await start();
    await using _ = server;
    const wrong = { ...CALL_SESSION, audio: { input: { turn_detection: { type: 'psychic' } } } };
    const answer = await post(server, 'calls', asJson({ sdp: offerOf(net), session: wrong }));
    const client = await WireClient.connect(server.url);
    client.send({ type: 'session.update', session: wrong });
    const told = await client.next('error');

    expect({ error: { ...(answer.error as object), event_id: null } }).toEqual({
      error: told['error'],
    });
    client.close();
  });

  test('is refused while there are as many as the server takes, and answered after one ends', async () => {
    const { net, server } = await start({ maxCalls: 2 });
    await using _ = server;
    const answers = await Promise.all([1, 2].map(async () => postOffer(server.url, offerOf(net))));
    const third = await postOffer(server.url, offerOf(net));
    const path = answers[0]?.headers.get('location')?.replace('/v1/realtime/', '') ?? '';
    await post(server, `${path}/hangup`, { body: '' });
    const fourth = await postOffer(server.url, offerOf(net));

    expect([...answers, third, fourth].map(({ status }) => status)).toEqual([201, 201, 429, 201]);
    expect(await third.json()).toMatchObject({ error: { code: 'too_many_calls' } });
  });

  test('is refused as too large although it does not say how long it is', async () => {
    const { net, server } = await start();
    await using _ = server;
    const endless = new ReadableStream<Uint8Array>({
      pull: async (controller) => {
        await new Promise((resolve) => setImmediate(resolve));
        controller.enqueue(new Uint8Array(65_536));
      },
    });
    const refused = await fetch(`${server.url.href}/realtime/calls`, {
      method: 'POST',
      headers: { 'content-type': 'application/sdp' },
      body: endless,
      duplex: 'half',
    });

    expect(refused.status).toBe(413);
    await refused.body?.cancel();
    expect(net.answered).toEqual([]);
  });

  test('is given up when its body does not come', async () => {
    const clock = new ManualClock();
    const { server } = await start({ clock });
    await using _ = server;
    const request = httpRequest(`${server.url.href}/realtime/calls`, {
      method: 'POST',
      headers: { 'content-type': 'application/sdp', 'content-length': '100' },
    });
    const status = new Promise<number | undefined>((resolve) => {
      request.on('response', (response) => {
        resolve(response.statusCode);
      });
    });
    request.on('error', () => undefined);
    const before = clock.pending;
    request.write('v=0');
    while (clock.pending === before) await new Promise((resolve) => setImmediate(resolve));
    clock.advance(10_000);

    expect(await status).toBe(408);
    request.destroy();
  });

  test('is answered after the machinery of calls could not be loaded the first time', async () => {
    const net = new MemoryNet();
    let loads = 0;
    await using server = await startTestServer({
      loadMedia: async () => {
        loads += 1;
        if (loads === 1) throw new Error('out of memory');
        return net;
      },
    });
    const statuses = [
      (await postOffer(server.url, offerOf(net))).status,
      (await postOffer(server.url, offerOf(net))).status,
    ];

    expect(statuses).toEqual([500, 201]);
  });

  test('that media cannot serve is refused as theirs, and leaves nothing behind', async () => {
    const clock = new ManualClock();
    const broken = {
      answerOffer: async () => {
        throw new Error('no sockets left');
      },
      warmUp: async () => undefined,
    };
    const logged: string[] = [];
    const { net, server } = await start({
      clock,
      loadMedia: async () => broken,
      onLog: ({ message }) => logged.push(message),
    });
    await using _ = server;
    const response = await postOffer(server.url, offerOf(net));

    expect(response.status).toBe(500);
    expect(await response.json()).toMatchObject({ error: { code: 'server_error' } });
    expect(logged).toContain('/v1/realtime/calls failed: no sockets left');
    expect(clock.pending).toBe(0);
  });
});

describe('hanging up', () => {
  test('ends the call and its sockets, once', async () => {
    const { net, server } = await start();
    await using _ = server;
    const caller = await CallClient.dial(server.url, { net });
    const sideband = await WireClient.connect(server.url, `call_id=${caller.callId}`);
    const hangUp = async (): Promise<number> =>
      (await post(server, `calls/${caller.callId}/hangup`, { body: '' })).status;

    expect(await hangUp()).toBe(200);
    expect(await sideband.whenClosed()).toEqual({ code: 1000, reason: 'call ended: hung up' });
    expect(await caller.whenEnded()).toMatchObject({ cause: 'hungUp' });
    expect(await hangUp()).toBe(404);
    expect(
      await upgradeStatus(`${server.url.href}/realtime?call_id=${caller.callId}`),
    ).toMatchObject({ status: 404, body: { error: { code: 'call_id_not_found' } } });
  });

  test.for([
    { method: 'POST', path: 'calls/rtc_none/hangup', status: 404 },
    { method: 'GET', path: 'calls/rtc_none/hangup', status: 405 },
    { method: 'GET', path: 'calls', status: 405 },
    { method: 'POST', path: 'calls/rtc_none/refer', status: 404 },
  ])('$method $path is answered with $status', async ({ method, path, status }) => {
    const { server } = await start();
    await using _ = server;
    const response = await fetch(`${server.url.href}/realtime/${path}`, { method });

    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ error: { message: expect.any(String) } });
  });
});
