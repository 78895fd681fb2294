import { connect } from 'node:net';

import { describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';

import { ProductError } from '../../../core/base/index.ts';
import { ManualClock } from '../../../core/base/testing/index.ts';
import {
  concatPcm,
  decodePcm,
  measureLevel,
  silence,
  type SpeechVoice,
} from '../../audio/index.ts';
import { tone } from '../../audio/testing/index.ts';
import { decodeServerEvent } from '../../protocol/index.ts';
import type { RealtimeModel } from '../index.ts';
import { decodeWholeSound, encodeWholeSound } from '../lines/index.ts';
import {
  rule,
  startScriptedServer,
  startTestServer,
  upgradeStatus,
  WireClient,
} from '../testing/index.ts';

const turn = concatPcm([silence(400), tone(500, 800), silence(800)]);

describe('the upgrades', () => {
  test('opens with the key, in a header or as a subprotocol, and only with it', async () => {
    await using server = await startTestServer({ apiKey: 'secret' });
    const url = `ws://127.0.0.1:${server.port}/v1/realtime?model=m`;

    expect(await upgradeStatus(url, { authorization: 'Bearer wrong' })).toEqual({
      status: 401,
      body: {
        error: {
          message: 'Incorrect API key provided.',
          type: 'invalid_request_error',
          param: null,
          code: 'invalid_api_key',
        },
      },
    });
    const socket = new WebSocket(url, ['realtime', 'openai-insecure-api-key.secret']);
    await new Promise((resolve) => socket.on('open', resolve));
    expect(socket.protocol).toBe('realtime');
    expect(socket.extensions).toBe('');
    socket.close();
  });

  test.for([
    { path: '/v1/realtime', headers: {}, status: 400 },
    { path: '/v2/realtime?model=m', headers: {}, status: 404 },
    { path: '/v1/realtime?model=m', headers: { origin: 'https://evil.example' }, status: 403 },
  ])('stays shut for $path with $headers', async ({ path, headers, status }) => {
    await using server = await startTestServer();
    const refused = await upgradeStatus(`ws://127.0.0.1:${server.port}${path}`, headers);

    expect(refused).toMatchObject({ status, body: { error: { message: expect.any(String) } } });
  });

  test('serves the routes it was given, and says what it does not serve', async () => {
    await using server = await startTestServer({
      apiKey: 'secret',
      routes: [
        {
          method: 'GET',
          path: '/v1/models',
          handle: (_request, response) => void response.end('{"data":[]}'),
        },
        {
          method: 'GET',
          path: '/v1/broken',
          handle: () => {
            throw new Error('no');
          },
        },
      ],
    });
    const get = async (path: string, init: RequestInit = {}): Promise<number> => {
      const headers = { authorization: 'Bearer secret' };
      const response = await fetch(`${server.url.href}${path}`, { headers, ...init });
      await response.text();
      return response.status;
    };

    expect(await get('/models')).toBe(200);
    expect(await get('/models', { headers: {} })).toBe(401);
    expect(await get('/models', { method: 'POST' })).toBe(405);
    expect(await get('/nothing')).toBe(404);
    expect(await get('/realtime?model=m')).toBe(426);
    expect(await get('/broken')).toBe(500);
  });

  test('names the port when somebody else has it', async () => {
    await using server = await startTestServer();

    await expect(startTestServer({ port: server.port })).rejects.toMatchObject({
      code: 'portInUse',
      message: expect.stringContaining(String(server.port)),
    });
  });

  test('does not open with a broken certificate', async () => {
    await expect(startTestServer({ tls: { key: 'no', cert: 'no' } })).rejects.toMatchObject({
      code: 'cannotListen',
      message: expect.stringContaining('TLS'),
    });
  });

  test('survives a visitor who hangs up in the middle of the upgrade', async () => {
    await using server = await startTestServer();
    const visitor = connect(server.port, '127.0.0.1');
    visitor.write(
      'GET /nowhere HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
    );
    visitor.resetAndDestroy();
    const client = await WireClient.connect(server.url);

    expect(client.types()).toEqual(['session.created', 'conversation.created']);
    client.close();
  });
});

describe('a conversation', () => {
  test('by voice: the turn is found, committed, answered and played back', async () => {
    await using server = await startTestServer();
    const client = await WireClient.connect(server.url);

    client.append(turn);
    const done = await client.next('response.done');
    const sound = client.events
      .filter(({ type }) => type === 'response.output_audio.delta')
      .map(({ delta }) => decodePcm(String(delta)));

    expect(done).toMatchObject({ response: { status: 'completed' } });
    expect(await client.next('input_audio_buffer.speech_started')).toMatchObject({
      audio_start_ms: expect.closeTo(100, -2),
    });
    expect(measureLevel(concatPcm(sound)).rms).toBeGreaterThan(0.01);
    expect(
      client.events.filter(
        (event) => decodeServerEvent(JSON.stringify(event)).kind === 'malformed',
      ),
    ).toEqual([]);
    const ids = client.events.map(({ event_id: id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    client.close();
  });

  test('by voice: speaking into the answer cuts it off', async () => {
    await using server = await startScriptedServer({
      rules: [rule({}, { say: 'A story without end.' }, { delayMs: 600_000 }, { say: 'Never.' })],
    });
    const client = await WireClient.connect(server.url);

    client.ask('Tell me a story.');
    await client.next('response.output_audio.delta');
    client.append(turn);
    const done = await client.next('response.done');

    expect(done).toMatchObject({
      response: { status: 'cancelled', status_details: { reason: 'turn_detected' } },
    });
    client.close();
  });

  test('in writing: a model that never stops can still be cancelled', async () => {
    const endless: RealtimeModel = {
      hears: false,
      async *respond(_context, signal) {
        while (!signal.aborted) yield { type: 'say', text: 'on and on' };
      },
    };
    await using server = await startTestServer({ model: endless });
    const client = await WireClient.connect(server.url);
    client.send({ type: 'response.create', response: { output_modalities: ['text'] } });
    await client.next('response.output_text.delta');
    client.send({ type: 'response.cancel' });

    expect(await client.next('response.done')).toMatchObject({ response: { status: 'cancelled' } });
    client.close();
  });

  test('in writing, with a tool call and its output', async () => {
    await using server = await startTestServer();
    const client = await WireClient.connect(server.url);
    client.send({
      type: 'session.update',
      session: {
        type: 'realtime',
        output_modalities: ['text'],
        tools: [{ type: 'function', name: 'ask_helper' }],
      },
    });

    client.ask('[TYPED] Ask the agent to count the files.');
    const call = await client.next('response.function_call_arguments.done');
    await client.next('response.done');
    const seen = client.events.length;
    const content = [{ type: 'input_text', text: '[HELPER] There are 12 files.' }];
    client.send({
      type: 'conversation.item.create',
      item: { type: 'message', role: 'user', content },
    });
    client.send({
      type: 'conversation.item.create',
      item: { type: 'function_call_output', call_id: call['call_id'], output: 'Completed.' },
    });
    client.send({ type: 'response.create' });
    const told = await client.next('response.output_text.done', seen);

    expect(call).toMatchObject({ arguments: '{"task":"count the files"}' });
    expect(told).toMatchObject({ text: 'There are 12 files.' });
    expect(client.types()).not.toContain('response.output_audio.delta');
    client.close();
  });

  test.for(['audio/pcmu', 'audio/pcma'] as const)('in %s both ways', async (type) => {
    await using server = await startTestServer();
    const client = await WireClient.connect(server.url);
    const format = { type };
    client.send({
      type: 'session.update',
      session: { type: 'realtime', audio: { input: { format }, output: { format } } },
    });
    const audio = encodeWholeSound(turn, type);
    client.send({ type: 'input_audio_buffer.append', audio });
    const updated = await client.next('session.updated');
    const { audio_start_ms: startMs } = await client.next('input_audio_buffer.speech_started');
    const { item_id: itemId } = await client.next('input_audio_buffer.committed');
    const done = await client.next('response.done');
    client.send({ type: 'conversation.item.retrieve', item_id: itemId });
    const { item } = await client.next('conversation.item.retrieved');
    const deltas = client.events.filter((event) => event['type'] === 'response.output_audio.delta');
    const heard = Buffer.concat(deltas.map(({ delta }) => Buffer.from(String(delta), 'base64')));
    const sound = decodeWholeSound(heard.toString('base64'), type);
    const { content } = item as { content: { audio: string }[] };
    client.close();

    expect(updated).toMatchObject({
      session: { audio: { input: { format }, output: { format } } },
    });
    expect(startMs).toBeLessThan(400);
    expect(done).toMatchObject({ response: { status: 'completed' } });
    expect(typeof sound === 'string' ? sound : measureLevel(sound).peak).toBeGreaterThan(0.05);
    // Half a second of tone and more comes back, at a byte for each 125 µs.
    expect(heard.length).toBeGreaterThan(8 * 1000);
    expect(Buffer.from(content[0]?.audio ?? '', 'base64').length).toBeLessThan(8 * 2000);
  });

  test.for([
    { query: 'model=practice', type: 'realtime' },
    { query: 'intent=transcription', type: 'transcription' },
  ])('with an update of a $type session that does not say its type', async ({ query, type }) => {
    await using server = await startTestServer();
    const client = await WireClient.connect(server.url, query);
    const transcription = { model: 'any', language: 'de' };

    client.send({ type: 'session.update', session: { audio: { input: { transcription } } } });
    const updated = await client.next('session.updated');
    client.send({ type: 'session.update', session: { output_modalities: ['text'] } });
    await client.next(type === 'realtime' ? 'session.updated' : 'error');

    expect(updated).toMatchObject({ session: { type, audio: { input: { transcription } } } });
    client.close();
  });

  test('with the session a voice client of the peer opens', async () => {
    await using server = await startTestServer();
    const client = await WireClient.connect(server.url, 'model=gpt-realtime-1.5');
    client.send({
      type: 'session.update',
      session: {
        type: 'realtime',
        instructions: '',
        output_modalities: ['audio'],
        audio: {
          input: {
            format: { type: 'audio/pcm', rate: 24_000 },
            noise_reduction: { type: 'near_field' },
            transcription: { model: 'gpt-4o-mini-transcribe' },
            turn_detection: {
              type: 'server_vad',
              interrupt_response: true,
              create_response: true,
              silence_duration_ms: 500,
            },
          },
          output: { format: { type: 'audio/pcm', rate: 24_000 }, voice: 'marin' },
        },
        tools: [
          { type: 'function', name: 'ask_helper', description: 'x', parameters: {} },
          { type: 'function', name: 'stay_quiet', description: 'x', parameters: {} },
        ],
        tool_choice: 'auto',
      },
    });
    expect(await client.next('session.updated')).toMatchObject({
      session: { model: 'gpt-realtime-1.5', audio: { output: { voice: 'marin' } } },
    });

    client.ask('[TYPED] be quiet');
    const { call_id: callId } = await client.next('response.function_call_arguments.done');
    await client.next('response.done');
    const seen = client.events.length;
    client.send({
      type: 'conversation.item.create',
      item: { type: 'function_call_output', call_id: callId, output: '' },
    });
    client.append(turn);
    await client.next('conversation.item.input_audio_transcription.failed', seen);
    await client.next('response.done', seen);

    expect(client.types()).not.toContain('error');
    client.close();
  });

  test('gives a spoken turn back with its sound when it is asked for', async () => {
    await using server = await startTestServer();
    const client = await WireClient.connect(server.url);
    client.append(turn);
    const { item_id: itemId } = await client.next('input_audio_buffer.committed');
    client.send({ type: 'conversation.item.retrieve', item_id: itemId });
    const { item } = await client.next('conversation.item.retrieved');

    expect(item).toMatchObject({ id: itemId, content: [{ type: 'input_audio' }] });
    expect(JSON.stringify(item).length).toBeGreaterThan(50_000);
    client.close();
  });

  test('follows a script down to raw events and its close code', async () => {
    await using server = await startScriptedServer({
      rules: [
        rule(
          {},
          { raw: { type: 'future.event', event_id: 'own' } },
          { close: { code: 4001, reason: 'enough' } },
        ),
      ],
    });
    const client = await WireClient.connect(server.url);
    client.ask('x');

    expect(await client.next('future.event')).toEqual({ type: 'future.event', event_id: 'own' });
    expect(await client.whenClosed()).toEqual({ code: 4001, reason: 'enough' });
    expect(client.types()).not.toContain('response.done');
  });
});

describe('a session', () => {
  test('goes on after whatever a client sends', async () => {
    await using server = await startTestServer();
    const client = await WireClient.connect(server.url);
    client.sendRaw('{');
    client.sendRaw('[]');
    client.sendRaw('');
    client.sendRaw(Uint8Array.of(1, 2, 3));
    client.send({ type: 'nonsense', event_id: 'mine' });
    client.send({ type: 'output_audio_buffer.clear' });
    client.ask('say still here');
    await client.next('response.done');

    expect(client.types().filter((type) => type === 'error')).toHaveLength(6);
    expect(client.closed).toBeUndefined();
    client.close();
  });

  test('says that it has expired, and closes', async () => {
    const clock = new ManualClock();
    await using server = await startTestServer({ clock, sessionLimitMs: 10_000 });
    const client = await WireClient.connect(server.url);
    clock.advance(10_000);

    expect(await client.next('error')).toMatchObject({ error: { code: 'session_expired' } });
    expect(await client.whenClosed()).toMatchObject({ code: 1000 });
  });

  test('is dropped after two pings without an answer, and lives on with one', async () => {
    const clock = new ManualClock();
    await using server = await startTestServer({ clock });
    const lively = await WireClient.connect(server.url);
    const url = `ws://127.0.0.1:${server.port}/v1/realtime?model=m`;
    const dead = new WebSocket(url, { autoPong: false });
    await new Promise((resolve) => dead.on('message', resolve));
    const dropped = new Promise<number>((resolve) => dead.on('close', resolve));
    for (let round = 0; round < 2; round += 1) {
      const pinged = new Promise((resolve) => lively.socket.once('ping', resolve));
      clock.advance(20_000);
      await pinged;
      // The answer of the living one has arrived when its next event has been answered.
      const from = lively.events.length;
      lively.send({ type: 'input_audio_buffer.clear' });
      await lively.next('input_audio_buffer.cleared', from);
    }
    clock.advance(20_000);

    expect(await dropped).toBe(1006);
    expect(lively.closed).toBeUndefined();
    lively.close();
  });

  test('is closed with 1001 when the server goes, and closing twice is harmless', async () => {
    const server = await startTestServer();
    const client = await WireClient.connect(server.url);
    await Promise.all([server.close(), server.close()]);

    expect(await client.whenClosed()).toMatchObject({ code: 1001 });
    await server.close();
  });
});

test('a long answer arrives whole and in order at a client that reads slowly', async () => {
  const words = Array.from({ length: 400 }, (_, index) => `number${index}.`).join(' ');
  await using server = await startScriptedServer({ rules: [rule({}, { say: words })] });
  const client = await WireClient.connect(server.url);
  client.ask('go');
  await client.next('response.output_audio.delta');
  client.socket.pause();
  await new Promise((resolve) => setImmediate(resolve));
  client.socket.resume();
  const done = await client.next('response.done');
  const heard = client.events
    .filter(({ type }) => type === 'response.output_audio_transcript.delta')
    .map(({ delta }) => String(delta))
    .join('');

  expect(heard).toBe(words);
  expect(done).toMatchObject({ response: { status: 'completed' } });
  client.close();
});

describe('what the server leans on', () => {
  class VoiceError extends ProductError {
    readonly code = 'voiceBroken';
    readonly retryable = true;
  }

  test('a voice that fails ends its response as failed, and writing still works', async () => {
    const voice: SpeechVoice = {
      voices: undefined,
      // oxlint-disable-next-line require-yield -- it fails before there is any sound
      async *speak() {
        throw new VoiceError('The voice has lost its tongue.');
      },
      close: async () => undefined,
    };
    await using server = await startTestServer({ voice });
    const client = await WireClient.connect(server.url);
    client.ask('hello');
    const failed = await client.next('response.done');
    const seen = client.events.length;
    client.send({
      type: 'session.update',
      session: { type: 'realtime', output_modalities: ['text'] },
    });
    client.ask('say yes');

    expect(failed).toMatchObject({
      response: {
        status: 'failed',
        status_details: {
          error: { code: 'voiceBroken', message: 'The voice has lost its tongue.' },
        },
        output: [{ status: 'incomplete' }],
      },
    });
    expect(await client.next('response.output_text.done', seen)).toMatchObject({ text: 'yes' });
    client.close();
  });

  test('sessions do not disturb each other', async () => {
    await using server = await startTestServer();
    const [one, two] = await Promise.all([
      WireClient.connect(server.url),
      WireClient.connect(server.url),
    ]);
    one.ask('say one');
    two.ask('say two');
    const texts = await Promise.all(
      [one, two].map(async (client) => {
        const { transcript } = await client.next('response.output_audio_transcript.done');
        return transcript;
      }),
    );

    expect(texts).toEqual(['one', 'two']);
    one.close();
    two.close();
  });
});
