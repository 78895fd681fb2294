import { describe, expect, test } from 'vitest';

import { ManualClock } from '../../../core/base/testing/index.ts';
import { concatPcm, encodePcm, silence } from '../../audio/index.ts';
import { tone } from '../../audio/testing/index.ts';
import type { Transcriber } from '../index.ts';
import {
  alwaysHears,
  CallClient,
  HandTranscriber,
  MemoryNet,
  rule,
  startScriptedServer,
  startTestServer,
  WireClient,
} from '../testing/index.ts';

const turn = concatPcm([silence(400), tone(500, 800), silence(800)]);
const EVENT = 'conversation.item.input_audio_transcription';

/** Asks to be told the words, and speaks one turn. */
function speak(client: WireClient, transcription: object | null = { model: 'whisper-1' }): void {
  client.send({
    type: 'session.update',
    session: { type: 'realtime', audio: { input: { transcription } } },
  });
  client.append(turn);
}

describe('the words of a spoken turn', () => {
  test('are recognised while it is said, from its first sound to its last, and told in order', async () => {
    const transcriber = new HandTranscriber();
    await using server = await startTestServer({ transcriber });
    const client = await WireClient.connect(server.url);
    client.ask('hello');
    await client.next('response.done');
    const seen = client.events.length;
    speak(client, { model: 'whisper-1', language: 'fr', prompt: 'numbers' });
    const heard = await transcriber.turn(0);
    await heard.whenEnded();
    heard.asked.onDelta?.('say ');
    heard.hears('say yes');
    const completed = await client.next(`${EVENT}.completed`);
    const started = await client.next('input_audio_buffer.speech_started');
    const stopped = await client.next('input_audio_buffer.speech_stopped');

    expect(heard.asked).toMatchObject({ model: 'whisper-1', language: 'fr', prompt: 'numbers' });
    expect(heard.asked.context).toMatchObject({
      language: 'fr',
      items: [{ role: 'user', text: 'hello' }, { role: 'assistant' }],
    });
    const lengthMs = Number(stopped['audio_end_ms']) - Number(started['audio_start_ms']);
    expect(heard.sampleCount).toBe(lengthMs * 24);
    // What came before the speech was noticed, then chunk by chunk.
    expect(heard.pushed.length).toBeGreaterThan(20);
    expect(completed).toMatchObject({ transcript: 'say yes', item_id: started['item_id'] });
    expect(await client.next('response.output_audio_transcript.done', seen)).toMatchObject({
      transcript: 'yes',
    });
    const types = client.types();
    expect(types.indexOf(`${EVENT}.completed`)).toBeLessThan(
      types.lastIndexOf('response.output_item.added'),
    );
    client.close();
  });

  test('come before the turn is over where the recogniser is that fast', async () => {
    const transcriber: Transcriber = {
      begin: ({ onDelta }) => ({
        // Speaks while it is spoken to.
        push: () => {
          onDelta?.('ah ');
        },
        end: async () => ({ text: 'ah ah' }),
        cancel: () => undefined,
      }),
    };
    await using server = await startTestServer({ transcriber });
    const client = await WireClient.connect(server.url);
    speak(client);
    await client.next(`${EVENT}.completed`);
    const types = client.types();

    expect(types.indexOf('input_audio_buffer.speech_started')).toBeLessThan(
      types.indexOf(`${EVENT}.delta`),
    );
    expect(types.indexOf(`${EVENT}.delta`)).toBeLessThan(
      types.indexOf('input_audio_buffer.speech_stopped'),
    );
    client.close();
  });

  test('are answered as if they had been typed, also where the client is told nothing of them', async () => {
    const transcriber = new HandTranscriber();
    await using server = await startTestServer({ transcriber });
    const client = await WireClient.connect(server.url);
    speak(client, null);
    const heard = await transcriber.turn(0);
    heard.hears('say good morning');

    // Nobody is told them bit by bit, so no recogniser need find out.
    expect(heard.asked.onDelta).toBeUndefined();

    expect(await client.next('response.output_audio_transcript.done')).toMatchObject({
      transcript: 'good morning',
    });
    expect(client.types().filter((type) => type.startsWith(EVENT))).toEqual([]);
    client.close();
  });

  test('are the words that a rule of a script goes by', async () => {
    await using server = await startScriptedServer(
      { rules: [rule({ text: { contains: 'weather' } }, { say: 'Sunny.' })] },
      { transcriber: alwaysHears('how is the weather') },
    );
    const client = await WireClient.connect(server.url);
    speak(client);

    expect(await client.next('response.output_audio_transcript.done')).toMatchObject({
      transcript: 'Sunny.',
    });
    client.close();
  });

  test('of a script are not contradicted by a recogniser', async () => {
    const transcriber = new HandTranscriber();
    await using server = await startScriptedServer(
      { rules: [rule({ audio: true }, { transcript: 'as written' }, { say: 'Good.' })] },
      { transcriber },
    );
    const client = await WireClient.connect(server.url);
    speak(client);

    expect(await client.next(`${EVENT}.completed`)).toMatchObject({ transcript: 'as written' });
    await client.next('response.done');
    expect(transcriber.turns).toEqual([]);
    client.close();
  });

  test('are prepared for with the first sound, in the language of the session, and with other settings', async () => {
    const transcriber = new HandTranscriber();
    await using server = await startTestServer({ transcriber });
    const client = await WireClient.connect(server.url);
    client.ask('hello');
    await client.next('response.done');
    const silent = transcriber.prepared.length;
    speak(client, { model: 'whisper-1', language: 'fr' });
    await transcriber.turn(0);
    const spoken = [...transcriber.prepared];
    speak(client, { model: 'whisper-1', language: 'en' });
    await client.next('session.updated', client.events.length);

    expect(silent).toBe(0);
    expect(spoken).toEqual(['fr']);
    expect(transcriber.prepared).toEqual(['fr', 'en']);
    client.close();
  });

  test('come all the same when nothing could be prepared', async () => {
    class UnreadyTranscriber extends HandTranscriber {
      override prepare(): never {
        throw new Error('no models');
      }
    }
    const transcriber = new UnreadyTranscriber();
    await using server = await startTestServer({ transcriber });
    const client = await WireClient.connect(server.url);
    speak(client);
    (await transcriber.turn(0)).hears('say all the same');

    expect(await client.next('response.output_audio_transcript.done')).toMatchObject({
      transcript: 'all the same',
    });
    expect(client.types()).not.toContain('error');
    client.close();
  });

  test('that are long in coming keep nobody waiting who types, and are answered after that', async () => {
    const transcriber = new HandTranscriber();
    await using server = await startTestServer({ transcriber });
    const client = await WireClient.connect(server.url);
    speak(client);
    const heard = await transcriber.turn(0);
    await heard.whenEnded();
    await client.next('response.created');
    client.ask('say typed first');
    const first = await client.next('response.output_audio_transcript.done');
    const seen = client.events.length;
    heard.hears('say spoken last');

    expect(first).toMatchObject({ transcript: 'typed first' });
    expect(await client.next('response.output_audio_transcript.done', seen)).toMatchObject({
      transcript: 'spoken last',
    });
    expect(client.types()).not.toContain('error');
    client.close();
  });

  test('that are late cost the answer their sense, not its being', async () => {
    const clock = new ManualClock();
    const transcriber = new HandTranscriber();
    await using server = await startTestServer({ transcriber, clock });
    const client = await WireClient.connect(server.url);
    speak(client);
    const heard = await transcriber.turn(0);
    await heard.whenEnded();
    await client.next('response.created');
    clock.advance(25_000);
    const answer = await client.next('response.output_audio_transcript.done');
    await client.next('response.done');
    heard.hears('say yes');

    expect(answer['transcript']).toContain('I did not understand');
    expect(await client.next(`${EVENT}.completed`)).toMatchObject({ transcript: 'say yes' });
    client.close();
  });

  test('are given up after half a minute; the next turn is heard', async () => {
    const clock = new ManualClock();
    const transcriber = new HandTranscriber();
    await using server = await startTestServer({ transcriber, clock });
    const client = await WireClient.connect(server.url);
    speak(client);
    const heard = await transcriber.turn(0);
    await heard.whenEnded();
    clock.advance(30_000);
    const failed = await client.next(`${EVENT}.failed`);
    heard.hears('too late');
    const seen = client.events.length;
    client.append(turn);
    (await transcriber.turn(1)).hears('say no');

    expect(failed).toMatchObject({ error: { code: 'recogniser_timeout' } });
    expect(heard.signal?.aborted).toBe(true);
    expect(await client.next(`${EVENT}.completed`, seen)).toMatchObject({ transcript: 'say no' });
    expect(client.types().filter((type) => type === `${EVENT}.completed`)).toHaveLength(1);
    client.close();
  });

  test.for<[string, Partial<ReturnType<Transcriber['begin']>> | 'begin']>([
    ['begin', 'begin'],
    [
      'listen',
      {
        push: () => {
          throw new Error('no model');
        },
      },
    ],
    [
      'end',
      {
        end: async () => {
          throw new Error('no model');
        },
      },
    ],
  ])(
    'fail in words where the recogniser cannot %s, and the turn is answered',
    async ([, fault]) => {
      const transcriber: Transcriber = {
        begin: (asked) => {
          if (fault === 'begin') throw new Error('no model');
          return { ...alwaysHears('never').begin(asked), ...fault };
        },
      };
      await using server = await startTestServer({ transcriber });
      const client = await WireClient.connect(server.url);
      speak(client);

      expect(await client.next(`${EVENT}.failed`)).toMatchObject({
        error: {
          type: 'transcription_error',
          code: 'recogniser_failed',
          message: 'The speech could not be recognised: no model',
        },
      });
      expect(await client.next('response.done')).toMatchObject({
        response: { status: 'completed' },
      });
      client.close();
    },
  );

  test('are had of a message that comes with its sound, too', async () => {
    const transcriber = new HandTranscriber();
    await using server = await startTestServer({ transcriber });
    const client = await WireClient.connect(server.url);
    const content = [{ type: 'input_audio', audio: encodePcm(turn) }];
    client.send({
      type: 'conversation.item.create',
      item: { type: 'message', role: 'user', content },
    });
    client.send({ type: 'response.create' });
    const heard = await transcriber.turn(0);
    await heard.whenEnded();
    heard.hears('say yes');

    expect(await client.next('response.output_audio_transcript.done')).toMatchObject({
      transcript: 'yes',
    });
    expect(heard.sampleCount).toBe(turn.length);
    client.close();
  });

  test('are all that a session for transcription gives', async () => {
    await using server = await startTestServer({ transcriber: alwaysHears('Dear Ann,') });
    const client = await WireClient.connect(server.url, 'intent=transcription');
    client.send({
      type: 'session.update',
      session: {
        type: 'transcription',
        audio: { input: { transcription: { model: 'whisper-1' } } },
      },
    });
    client.append(turn);

    expect(await client.next(`${EVENT}.completed`)).toMatchObject({ transcript: 'Dear Ann,' });
    expect(client.types()).not.toContain('response.created');
    client.close();
  });
});

describe('nobody listens any more', () => {
  test('when the buffer is cleared, the item is deleted, or the session ends', async () => {
    const transcriber = new HandTranscriber();
    await using server = await startTestServer({ transcriber });
    const client = await WireClient.connect(server.url);
    client.append(turn.subarray(0, 24 * 800));
    const cleared = await transcriber.turn(0);
    client.send({ type: 'input_audio_buffer.clear' });
    await cleared.whenCut();

    client.append(turn);
    const deleted = await transcriber.turn(1);
    await deleted.whenEnded();
    const { item_id: itemId } = await client.next('input_audio_buffer.committed');
    client.send({ type: 'conversation.item.delete', item_id: itemId });
    await deleted.whenCut();

    client.append(turn.subarray(0, 24 * 800));
    const left = await transcriber.turn(2);
    client.close();
    await left.whenCut();

    expect([cleared, deleted, left].map(({ isCancelled }) => isCancelled)).toEqual([
      true,
      // It had ended already, so its signal says so.
      false,
      true,
    ]);
    expect(deleted.signal?.aborted).toBe(true);
  });

  test('when a call is hung up in the middle of a turn', async () => {
    const net = new MemoryNet();
    const clock = new ManualClock();
    const transcriber = new HandTranscriber();
    await using server = await startTestServer({ transcriber, clock, loadMedia: async () => net });
    const caller = await CallClient.dial(server.url, { net, clock });
    caller.say(turn.subarray(0, 24 * 1_000));
    for (let passed = 0; passed < 900; passed += 20) {
      clock.advance(20);
      await new Promise((resolve) => setImmediate(resolve));
    }
    const heard = await transcriber.turn(0);
    await fetch(`${server.url.href}/realtime/calls/${caller.callId}/hangup`, { method: 'POST' });
    await heard.whenCut();

    expect(heard.isCancelled).toBe(true);
    expect(clock.pending).toBe(0);
  });
});
