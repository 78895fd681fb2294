import { describe, expect, test } from 'vitest';

import { messageAnswer } from '../../model/testing/index.ts';
import { type Conversation, startConversation, typedTurn, VOICES } from '../../testing/index.ts';
import { REMAIN_SILENT_TOOL } from '../../voice/agent/index.ts';

type Fields = Readonly<Record<string, unknown>>;

const answered = async ({ probe }: Conversation, n: number): Promise<Fields> =>
  probe.notification('thread/realtime/response/completed', n);

const lines = ({ probe }: Conversation): readonly string[] =>
  probe
    .all('thread/realtime/transcript/done')
    .map(({ role, text }) => `${String(role)}: ${String(text)}`);

/** The spoken lines that the thread keeps, with how much of them was heard where that is not all. */
async function kept({ probe, threadId }: Conversation): Promise<readonly unknown[]> {
  const { data } = await probe.call('thread/timeline/list', { threadId });
  return (data as readonly Fields[])
    .map(({ item }) => (item ?? {}) as Fields)
    .filter(({ type }) => type === 'transcriptSegment')
    .map(({ text, heardMs }) => (heardMs === undefined ? text : [text, heardMs]));
}

/** What a client plays, once 200 ms of it or more are there. */
async function playing({ probe }: Conversation): Promise<string> {
  const { audio } = await probe.notification('thread/realtime/outputAudio/delta', 5);
  return String((audio as Fields)['itemId']);
}

describe.each(VOICES)('with %s', (voice) => {
  test('what is said and what is answered are a line each, which the thread keeps', async () => {
    await using talk = await startConversation(voice, {
      replies: [{ says: 'Good morning to you.' }, { says: 'Noon.' }],
    });
    await talk.say('Good morning.');
    await answered(talk, 1);
    await talk.say('What time is it?');
    await answered(talk, 2);

    expect(await talk.told(1)).toEqual(['user: Good morning.']);
    expect(await talk.told(2)).toEqual(['user: What time is it?']);
    expect(lines(talk)).toEqual([
      'user: Good morning.',
      'assistant: Good morning to you.',
      'user: What time is it?',
      'assistant: Noon.',
    ]);
    expect(await kept(talk)).toEqual([
      'Good morning.',
      'Good morning to you.',
      'What time is it?',
      'Noon.',
    ]);
  });

  test('typed words are answered when that is asked for, with all that was typed before', async () => {
    await using talk = await startConversation(voice, { replies: [{ says: 'With pleasure.' }] });
    const { probe, threadId } = talk;
    const type = async (params: Fields & { text: string }): Promise<void> => {
      await probe.call('thread/realtime/appendText', { threadId, ...params });
    };
    await type({ text: 'A hint.' });
    await type({ text: 'Be brief.', role: 'developer' });
    await type({ text: 'Sing.', respond: true });
    await answered(talk, 1);

    expect(await talk.told(1)).toEqual([
      'user: [USER] A hint.',
      'developer: Be brief.',
      'user: [USER] Sing.',
    ]);
    expect(probe.all('thread/realtime/response/started')).toHaveLength(1);
  });

  test('speech that a client asks for is spoken', async () => {
    await using talk = await startConversation(voice, { replies: [{ says: 'Lunch is ready.' }] });
    const { probe, threadId } = talk;
    await probe.call('thread/realtime/appendSpeech', { threadId, text: 'Lunch is ready' });
    await answered(talk, 1);

    expect(await talk.told(1)).toEqual(['user: [BACKEND] Lunch is ready']);
    expect(probe.all('thread/realtime/outputAudio/delta').length).toBeGreaterThan(0);
  });

  test('a model that chooses to remain silent says nothing, and listens on', async () => {
    await using talk = await startConversation(voice, {
      replies: [{ calls: REMAIN_SILENT_TOOL }, { says: 'Now I speak.' }],
    });
    await talk.say('I am only thinking aloud.');
    await answered(talk, 1);
    await talk.say('And now?');
    await answered(talk, 2);

    expect(await talk.told(2)).toEqual(['output: ', 'user: And now?']);
    expect(lines(talk).filter((line) => line.startsWith('assistant: '))).toEqual([
      'assistant: Now I speak.',
    ]);
  });

  test('all that asks for an answer while one is given becomes one answer after it', async () => {
    await using talk = await startConversation(voice, {
      replies: [{ says: 'Once upon a time. It was dark.', until: 'told' }, { says: 'Both.' }],
    });
    const { probe, threadId } = talk;
    const ask = async (text: string): Promise<void> => {
      await probe.call('thread/realtime/appendText', { threadId, text, respond: true });
    };
    await ask('A story.');
    await playing(talk);
    await ask('And one.');
    await ask('And two.');
    talk.open('told');
    await answered(talk, 2);

    expect(await talk.told(2)).toEqual(['user: [USER] And one.', 'user: [USER] And two.']);
    await ask('Thanks.');
    await answered(talk, 3);
    expect(await talk.told(3)).toEqual(['user: [USER] Thanks.']);
  });

  test('an answer that is interrupted is kept with how much of it was heard, and the next turn works', async () => {
    await using talk = await startConversation(voice, {
      replies: [{ says: 'Once upon a time. It was dark.', until: 'never' }, { says: 'Yes?' }],
    });
    const { probe, threadId } = talk;
    await talk.say('A story.');
    const itemId = await playing(talk);
    await probe.call('thread/realtime/interrupt', { threadId, heard: [{ itemId, playedMs: 120 }] });
    expect(await answered(talk, 1)).toMatchObject({ status: 'cancelled' });
    await talk.say('Stop.');
    expect(await answered(talk, 2)).toMatchObject({ status: 'completed' });

    expect(await talk.told(2)).toEqual(['user: Stop.']);
    const [, cut] = await kept(talk);
    expect(cut).toEqual([expect.stringMatching(/^Once upon/u), 120]);
  });

  test('an interruption after all was heard changes nothing', async () => {
    await using talk = await startConversation(voice, { replies: [{ says: 'Yes.' }] });
    const { probe, threadId } = talk;
    await talk.say('Hello?');
    const itemId = await playing(talk);
    await answered(talk, 1);
    await probe.call('thread/realtime/interrupt', { threadId, heard: [{ itemId, playedMs: 500 }] });
    await talk.say('Hello?');
    await answered(talk, 2);

    expect(await kept(talk)).toEqual(['Hello?', 'Yes.', 'Hello?', 'Yes.']);
    expect(probe.all('thread/realtime/warning')).toEqual([]);
  });

  test('words that were never handed over reach the text thread when voice ends', async () => {
    await using talk = await startConversation(voice, {
      replies: [{ says: 'I will.' }],
      scripts: [[{ events: messageAnswer('Hello') }]],
    });
    const { engine, probe, threadId } = talk;
    await talk.say('Remember the milk.');
    await answered(talk, 1);
    await probe.call('thread/realtime/stop', { threadId });
    await typedTurn(engine, probe, threadId);

    const told = JSON.stringify(engine.upstream.requests[0]?.body);
    expect(told).toContain('user: Remember the milk.\\nassistant: I will.');
  });
});
