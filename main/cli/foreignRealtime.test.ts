import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import OpenAI from 'openai';
import { OpenAIRealtimeWS } from 'openai/realtime/ws';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { concatPcm, encodePcm, silence } from '../../realtime/audio/index.ts';
import { tone } from '../../realtime/audio/testing/index.ts';
import { ownCertificate } from './certificate/index.ts';
import { startLocalServer } from './localServer.ts';

// OpenAI's own package, `openai`, in Realtime sessions of the built-in server. It speaks wss alone.

let server: Awaited<ReturnType<typeof startLocalServer>>;
let open: () => Promise<OpenAIRealtimeWS>;
beforeAll(async () => {
  await using home = await mkdtempDisposable(join(tmpdir(), 'parley-tls-'));
  const tls = await ownCertificate(home.path, Date.now());
  server = await startLocalServer({ tls });
  const client = new OpenAI({ baseURL: server.url.href, apiKey: 'any' });
  open = async () => {
    const options = { ca: tls.cert };
    const realtime = await OpenAIRealtimeWS.create(client, { model: 'any', options });
    await realtime.emitted('session.created');
    return realtime;
  };
});
afterAll(() => server.close());

describe('openai in a realtime session', () => {
  test('types and is answered in writing', async () => {
    const realtime = await open();
    realtime.send({
      type: 'session.update',
      session: { type: 'realtime', output_modalities: ['text'] },
    });
    const content = [{ type: 'input_text' as const, text: 'What is 2 + 3?' }];
    realtime.send({
      type: 'conversation.item.create',
      item: { type: 'message', role: 'user', content },
    });
    realtime.send({ type: 'response.create' });
    const { text } = await realtime.emitted('response.output_text.done');
    realtime.close();

    expect(text).toContain('5');
  });

  test('speaks, and hears an answer', async () => {
    const realtime = await open();
    let heardBytes = 0;
    realtime.on('response.output_audio.delta', ({ delta }) => {
      heardBytes += Buffer.from(delta, 'base64').length;
    });
    const speech = concatPcm([silence(500), tone(500, 1000), silence(1200)]);
    realtime.send({ type: 'input_audio_buffer.append', audio: encodePcm(speech) });
    const [, { response }] = await Promise.all([
      realtime.emitted('input_audio_buffer.speech_started'),
      realtime.emitted('response.done'),
    ]);
    realtime.close();

    expect(response.status).toBe('completed');
    expect(heardBytes).toBeGreaterThan(48_000);
  });
});
