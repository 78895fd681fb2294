import { describe, expect, test } from 'vitest';

import { ManualClock } from '../../base/testing/index.ts';
import {
  type Frame,
  inFence,
  outFence,
  startTestEngine,
  startVoice,
  talk,
  type VoiceBench,
  voiceOver,
} from '../../testing/index.ts';

type Fields = Readonly<Record<string, unknown>>;
type Start = Parameters<typeof startVoice>[1];

/** So much sound of an item, at 24 kHz. */
const sound = (itemId: string, ms: number, more: Fields = {}): Frame => ({
  type: 'response.output_audio.delta',
  item_id: itemId,
  response_id: 'r1',
  delta: Buffer.alloc(ms * 48).toString('base64'),
  ...more,
});

const begun: Frame = { type: 'response.created', response: { id: 'r1' } };
const done: Frame = { type: 'response.done', response: { id: 'r1', status: 'completed' } };
/** Older servers have this in its place. */
const cancelled: Frame = { type: 'response.cancelled', response_id: 'r1' };
/** The official server names the item that is going to be what the user says. */
const speech: Frame = { type: 'input_audio_buffer.speech_started', item_id: 'coming_user_item' };

const truncate = (itemId: string, audioEndMs: number): Fields => ({
  type: 'conversation.item.truncate',
  item_id: itemId,
  content_index: 0,
  audio_end_ms: audioEndMs,
});

/** What goes to the server when so much was sent, then so much time goes by and the user speaks. */
async function cutBySpeech(
  voice: VoiceBench,
  clock: ManualClock,
  said: readonly Frame[],
  waitMs: number,
): Promise<readonly Frame[]> {
  const from = voice.server.frames.length;
  voice.server.send(...said);
  await inFence(voice);
  clock.advance(waitMs);
  voice.server.send(speech);
  await inFence(voice);
  await outFence(voice);
  return voice.server.frames.slice(from, -1);
}

describe('speech into the voice of a client that has never said what it played', () => {
  test.for<readonly [what: string, said: readonly Frame[], waitMs: number, cut: readonly Fields[]]>(
    [
      ['cuts where it was', [begun, sound('a', 900)], 400, [truncate('a', 400)]],
      ['cuts what was received', [begun, sound('a', 150)], 400, [truncate('a', 150)]],
      ['cuts a whole answer', [begun, sound('a', 900), done], 400, [truncate('a', 400)]],
      ['leaves what was heard', [begun, sound('a', 300), done], 400, []],
      ['leaves what was heard of a cancelled answer', [begun, sound('a', 300), cancelled], 400, []],
      ['leaves silence', [begun, sound('a', 0)], 400, []],
      [
        'counts by the rate that is named',
        [begun, sound('a', 300, { sample_rate: 48_000 })],
        400,
        [truncate('a', 150)],
      ],
      ['bears a rate of nothing', [begun, sound('a', 300, { sample_rate: 0 })], 400, []],
    ],
  )('%s', async ([, said, waitMs, cut]) => {
    const clock = new ManualClock();
    await using engine = await startTestEngine({ clock });
    const voice = await startVoice(engine);

    expect(await cutBySpeech(voice, clock, said, waitMs)).toEqual(cut);
  });

  test('is told before what the client says next, and once however often speech starts', async () => {
    const clock = new ManualClock();
    await using engine = await startTestEngine({ clock });
    const voice = await startVoice(engine);
    await cutBySpeech(voice, clock, [begun, sound('a', 900)], 400);
    const again = await cutBySpeech(voice, clock, [], 100);

    expect(again).toEqual([]);
  });

  test('keeps with the line how much of it was heard, and its refusal is no news', async () => {
    const clock = new ManualClock();
    await using engine = await startTestEngine({ clock });
    const voice = await startVoice(engine);
    const { probe, threadId, server } = voice;
    const words = {
      type: 'response.output_audio_transcript.done',
      item_id: 'a',
      response_id: 'r1',
      transcript: 'A long story.',
    };
    await cutBySpeech(voice, clock, [begun, sound('a', 900), words], 400);
    const eventId = server.eventIdOf('conversation.item.truncate');
    server.send({ type: 'error', error: { message: 'already shorter', event_id: eventId } });
    await inFence(voice);
    const { data } = await probe.call('thread/timeline/list', { threadId });

    expect(JSON.stringify(data)).toContain('"text":"A long story.","heardMs":400');
    expect(probe.all('thread/realtime/warning')).toEqual([]);
  });
});

describe('speech cuts nothing by the clock', () => {
  test.for<readonly [who: string, start: Start]>([
    ['for who has chosen that it interrupts', { outputModality: 'audio', interruption: 'on' }],
    ['for who has chosen a key for that', { outputModality: 'audio', interruption: 'key' }],
    ['for who is never interrupted', { outputModality: 'audio', interruption: 'off' }],
  ])('%s', async ([, start]) => {
    const clock = new ManualClock();
    await using engine = await startTestEngine({ clock });
    const voice = await startVoice(engine, start);

    expect(await cutBySpeech(voice, clock, [begun, sound('a', 900)], 400)).toEqual([]);
  });

  test('once a client has reported, in a later session of the thread, too', async () => {
    const clock = new ManualClock();
    await using engine = await startTestEngine({ clock });
    const voice = await startVoice(engine);
    const { probe, threadId, server } = voice;
    server.send(begun, sound('a', 900));
    await inFence(voice);
    await probe.call('thread/realtime/interrupt', {
      threadId,
      heard: [{ itemId: 'a', playedMs: 120 }],
    });
    await cutBySpeech(voice, clock, [], 400);
    const later = { probe, threadId, server: await talk(engine, probe, threadId) };

    expect(server.of('conversation.item.truncate')).toEqual([truncate('a', 120)]);
    expect(await cutBySpeech(later, clock, [begun, sound('b', 900)], 400)).toEqual([]);
  });

  test('in a call, whose server knows what was heard', async () => {
    const clock = new ManualClock();
    await using engine = await startTestEngine({ clock });
    const voice = await voiceOver('webrtc').startVoice(engine);

    expect(await cutBySpeech(voice, clock, [begun, sound('a', 900)], 400)).toEqual([]);
  });

  test('after a change to a key', async () => {
    const clock = new ManualClock();
    await using engine = await startTestEngine({ clock });
    const voice = await startVoice(engine);
    const { probe, threadId } = voice;
    await probe.call('thread/realtime/update', { threadId, interruption: 'key' });
    await outFence(voice);

    expect(await cutBySpeech(voice, clock, [begun, sound('a', 900)], 400)).toEqual([]);
  });
});
