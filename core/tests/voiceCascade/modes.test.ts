import { describe, expect, test } from 'vitest';

import { messageAnswer } from '../../model/testing/index.ts';
import {
  askingScripts,
  asked,
  type CascadeConversation,
  COLOUR,
  loose,
  sounds,
  startCascadeConversation,
  VOICE_MODEL,
} from '../../testing/index.ts';
import { BACKGROUND_AGENT_TOOL } from '../../voice/agent/index.ts';

type Fields = Readonly<Record<string, unknown>>;

const answered = async ({ probe }: CascadeConversation, n: number): Promise<Fields> =>
  probe.notification('thread/realtime/response/completed', n);

/** Changes the session, and waits until the server has it. */
async function change(talk: CascadeConversation, params: Fields): Promise<void> {
  const { probe, threadId } = talk;
  const known = probe.all('thread/realtime/session/updated').length;
  await probe.call('thread/realtime/update', { threadId, ...params });
  await probe.notification('thread/realtime/session/updated', known + 1);
}

/** What was said aloud, and what the user was shown of the assistant's words. */
const aloud = ({ mouth }: CascadeConversation): readonly unknown[] =>
  mouth.requests.map(({ body }) => (body as Fields)['input']);
const shown = ({ probe }: CascadeConversation): readonly unknown[] =>
  probe
    .all('thread/realtime/transcript/done')
    .filter(({ role }) => role === 'assistant')
    .map(({ text }) => text);

const STORY = 'Once upon a time. It was dark.';

describe('aloud or in writing', () => {
  test('quiet makes the next answers written, also those of the agent, and its end spoken again', async () => {
    await using talk = await startCascadeConversation({
      replies: [
        { says: 'Spoken.' },
        { calls: BACKGROUND_AGENT_TOOL, with: { prompt: 'count' } },
        { says: 'Written.' },
        { says: 'Spoken again.' },
      ],
      scripts: [[{ events: messageAnswer('2') }]],
    });
    await talk.say('Hello.');
    await answered(talk, 1);
    const heard = talk.probe.all('thread/realtime/outputAudio/delta').length;
    await change(talk, { quiet: true });
    await talk.say('Count.');
    await answered(talk, 3);
    expect(talk.probe.all('thread/realtime/outputAudio/delta')).toHaveLength(heard);
    await change(talk, { quiet: false });
    await talk.say('Hello.');
    await answered(talk, 4);

    expect(aloud(talk)).toEqual(['Spoken.', 'Spoken again.']);
    expect(shown(talk)).toEqual(['Spoken.', 'Written.', 'Spoken again.']);
  });

  test('a change in the middle of an answer leaves that one as it was begun', async () => {
    await using talk = await startCascadeConversation({
      replies: [{ says: STORY, until: 'changed' }, { says: 'Written.' }],
    });
    await talk.say('A story.');
    await talk.probe.notification('thread/realtime/outputAudio/delta');
    await change(talk, { outputModality: 'text' });
    talk.open('changed');
    await answered(talk, 1);
    await talk.say('Go on.');
    await answered(talk, 2);

    expect(aloud(talk)).toEqual(['Once upon a time.', 'It was dark.']);
    expect(shown(talk)).toEqual([STORY, 'Written.']);
  });

  test('what a client wants to be spoken is, where answers are written, and where quiet is wanted is not', async () => {
    await using talk = await startCascadeConversation({
      replies: [{ says: 'Lunch is ready.' }, { says: 'Written.' }, { says: 'Not aloud.' }],
      params: { outputModality: 'text' },
    });
    const { probe, threadId } = talk;
    await probe.call('thread/realtime/appendSpeech', { threadId, text: 'Lunch is ready' });
    await answered(talk, 1);
    await talk.say('Thanks.');
    await answered(talk, 2);
    await change(talk, { quiet: true, interruption: 'key' });
    await probe.call('thread/realtime/appendSpeech', { threadId, text: 'Not aloud' });
    await answered(talk, 3);

    expect(aloud(talk)).toEqual(['Lunch is ready.']);
    expect(shown(talk)).toEqual(['Lunch is ready.', 'Written.', 'Not aloud.']);
  });

  test('a session that begins quiet asks no voice for anything', async () => {
    await using talk = await startCascadeConversation({
      replies: [{ says: STORY }],
      params: { quiet: true },
    });
    await talk.say('A story.');
    await answered(talk, 1);

    expect(aloud(talk)).toEqual([]);
    expect(shown(talk)).toEqual([STORY]);
  });

  test('dictation writes down what is said, and asks neither text model nor voice', async () => {
    await using talk = await startCascadeConversation({
      replies: [{ says: 'Nobody asked.' }],
      realtimeSettings: 'type = "transcription"',
    });
    await talk.say('Dear Sir.');
    await talk.say('Yours.');
    await talk.probe.notification('thread/realtime/transcript/done', 2);

    expect(talk.probe.all('thread/realtime/transcript/done').map(({ text }) => text)).toEqual([
      'Dear Sir.',
      'Yours.',
    ]);
    expect(talk.probe.all('thread/realtime/response/started')).toEqual([]);
    expect(aloud(talk)).toEqual([]);
  });
});

describe('who speaks into an answer', () => {
  test('ends it and is answered, where speech interrupts', async () => {
    await using talk = await startCascadeConversation({
      replies: [{ says: STORY, until: 'never' }, { says: 'Yes?' }],
    });
    const { probe } = talk;
    await talk.say('A story.');
    await probe.notification('thread/realtime/outputAudio/delta');
    await talk.say('Stop.');
    expect(await answered(talk, 1)).toMatchObject({ status: 'cancelled' });
    expect(await answered(talk, 2)).toMatchObject({ status: 'completed' });

    expect(await talk.told(2)).toEqual(['user: Stop.']);
  });

  test.for(['off', 'key'] as const)(
    'is answered after it, where speech does not: %s',
    async (interruption) => {
      await using talk = await startCascadeConversation({
        replies: [{ says: STORY, until: 'told' }, { says: 'As I said.' }],
        params: { interruption },
      });
      const { probe } = talk;
      await talk.say('A story.');
      await probe.notification('thread/realtime/outputAudio/delta');
      await talk.say('Really?');
      await probe.notification(
        'thread/realtime/transcript/done',
        1,
        ({ text }) => text === 'Really?',
      );
      talk.open('told');
      expect(await answered(talk, 1)).toMatchObject({ status: 'completed' });
      expect(await answered(talk, 2)).toMatchObject({ status: 'completed' });

      expect(await talk.told(2)).toEqual(['user: Really?']);
      expect(shown(talk)).toEqual([STORY, 'As I said.']);
    },
  );
});

test('a stop in the middle of an answer ends every request, and nothing is told after it', async () => {
  await using talk = await startCascadeConversation({
    replies: [{ says: STORY, until: 'never' }],
    mouth: [[...sounds(500), { stall: true }]],
  });
  const { probe, mouth, threadId, engine } = talk;
  await talk.say('A story.');
  await probe.notification('thread/realtime/outputAudio/delta');
  const speaking = await mouth.request(1);
  const writing = await engine.upstream.of(VOICE_MODEL).request(1);
  await probe.call('thread/realtime/stop', { threadId });
  await probe.notification('thread/realtime/closed');
  const { mark } = probe;
  await Promise.all([speaking.closed, writing.closed]);
  await probe.call('thread/timeline/list', { threadId });

  expect(probe.order.slice(mark)).toEqual(['answer']);
  expect(loose(probe)).toEqual([]);
});

test('an answer that fails keeps nobody who waits from being answered', async () => {
  await using talk = await startCascadeConversation({
    replies: [{ says: STORY }, { says: 'Here I am.' }],
    mouth: [[...sounds(500), { until: 'asked' }, { cut: true }], sounds(500)],
  });
  const { probe, mouth, threadId } = talk;
  await talk.say('A story.');
  await probe.notification('thread/realtime/outputAudio/delta');
  await probe.call('thread/realtime/appendText', { threadId, text: 'Hello?', respond: true });
  mouth.open('asked');
  expect(await answered(talk, 1)).toMatchObject({ status: 'failed' });
  expect(await answered(talk, 2)).toMatchObject({ status: 'completed' });

  expect(await talk.told(2)).toEqual(['user: [USER] Hello?']);
  expect(probe.all('thread/realtime/warning')).toHaveLength(1);
});

test('a voice that begins while the agent waits for an answer asks its question', async () => {
  await using talk = await startCascadeConversation({
    replies: [{ says: 'Teal or coral?' }],
    scripts: askingScripts(COLOUR),
  });
  const { probe, threadId } = talk;
  await probe.call('thread/realtime/stop', { threadId });
  await probe.notification('thread/realtime/closed');
  await probe.turn(threadId, 'Paint the door');
  await asked(probe);
  await probe.call('thread/realtime/start', { threadId, outputModality: 'audio' });
  await answered(talk, 1);

  expect(await talk.told(1)).toEqual([expect.stringContaining('Which colour do you like?')]);
  expect(shown(talk)).toEqual(['Teal or coral?']);
});

test('a task outlives its session, and the next one hears of its result', async () => {
  await using talk = await startCascadeConversation({
    replies: [
      { calls: BACKGROUND_AGENT_TOOL, with: { prompt: 'count' } },
      { says: 'There are two.' },
    ],
    scripts: [[{ until: 'counted' }, { events: messageAnswer('2') }]],
  });
  const { engine, probe, threadId } = talk;
  await talk.say('Count.');
  await engine.upstream.request(1);
  await answered(talk, 1);
  await probe.call('thread/realtime/stop', { threadId });
  await probe.notification('thread/realtime/closed');
  await probe.call('thread/realtime/start', { threadId, outputModality: 'audio' });
  await probe.notification('thread/realtime/started', 2);
  engine.upstream.open('counted');
  await answered(talk, 2);

  expect(JSON.stringify((await engine.upstream.of(VOICE_MODEL).request(2)).body)).toContain(
    '[BACKEND] 2',
  );
  expect(shown(talk)).toEqual(['There are two.']);
});
