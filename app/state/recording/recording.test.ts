import { describe, expect, test, vi } from 'vitest';

import {
  callingAssistant,
  type ReadyAssistant,
  talkingAssistant,
  threadId,
  waitFor,
} from '../../testing/index.ts';
import { notRecording, type RecordingState, stepRecording } from './recording.ts';

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
const appended = ({ engine }: ReadyAssistant): readonly unknown[] =>
  engine
    .asked('thread/realtime/recording/append')
    .map(({ data, durationMs, last }) => [data, durationMs, last]);
const phaseOf = ({ assistant }: ReadyAssistant): string =>
  assistant.voice.recording.state.getSnapshot().phase;
const idOf = ({ engine }: ReadyAssistant): string | undefined =>
  engine.asked('thread/realtime/recording/append')[0]?.recordingId;
const isOff = async ({ assistant }: ReadyAssistant): Promise<RecordingState> =>
  waitFor(assistant.voice.recording.state, ({ phase }) => phase === 'off');

describe('the state of a recording', () => {
  const on = stepRecording(notRecording, { type: 'started', recordingId: 'a', nowMs: 5 });
  const error = { message: 'No room.', hint: '' };

  test('late news of an earlier recording changes nothing', () => {
    expect(stepRecording(on, { type: 'stopped', recordingId: 'old' })).toBe(on);
    expect(stepRecording(on, { type: 'failed', recordingId: 'old', error })).toBe(on);
    expect(stepRecording(notRecording, { type: 'saved', recordingId: 'old' })).toBe(notRecording);
  });

  test('a second start does not begin another one', () => {
    expect(stepRecording(on, { type: 'started', recordingId: 'b', nowMs: 9 })).toBe(on);
  });

  test('goes from on to saving to off', () => {
    const saving = stepRecording(on, { type: 'stopped', recordingId: 'a' });

    expect(on).toEqual({ phase: 'on', recordingId: 'a', sinceMs: 5 });
    expect(saving).toEqual({ phase: 'saving', recordingId: 'a' });
    expect(stepRecording(saving, { type: 'saved', recordingId: 'a' })).toEqual(notRecording);
  });

  test('keeps why it failed', () => {
    expect(stepRecording(on, { type: 'failed', recordingId: 'a', error })).toEqual({
      phase: 'off',
      error,
    });
  });
});

describe('recording', () => {
  test.for([
    ['a call', callingAssistant],
    ['a conversation over WebSocket', talkingAssistant],
  ] as const)(
    '%s hands over the pieces in order and ends with an empty last one',
    async ([, make]) => {
      const parts = await make();
      parts.assistant.voice.toggleRecording();
      expect(parts.assistant.announcer.current.getSnapshot().text).toBe('Recording.');
      const [recording] = parts.media.recordings;
      recording?.sink.onPiece(bytes(1, 2), 1_000);
      recording?.sink.onPiece(bytes(3), 2_000);
      parts.assistant.voice.toggleRecording();
      await isOff(parts);

      expect(appended(parts)).toEqual([
        ['AQI=', 1_000, false],
        ['Aw==', 2_000, false],
        ['', 2_000, true],
      ]);
      expect(parts.assistant.announcer.current.getSnapshot().text).toBe('The recording is saved.');
    },
  );

  test('does not begin before the conversation does', async () => {
    const parts = await talkingAssistant();
    await parts.assistant.voice.end();

    parts.assistant.voice.toggleRecording();

    expect(parts.media.recordings).toEqual([]);
  });

  test('ends with the conversation, and what was recorded is saved', async () => {
    const parts = await callingAssistant();
    parts.assistant.voice.toggleRecording();
    parts.media.recordings[0]?.sink.onPiece(bytes(9), 700);

    await parts.assistant.voice.end();

    expect(parts.media.recordings[0]?.isStopped).toBe(true);
    expect(appended(parts).at(-1)).toEqual(['', 700, true]);
    expect(phaseOf(parts)).toBe('off');
  });

  test('ends when the provider ends the conversation', async () => {
    const parts = await callingAssistant();
    parts.assistant.voice.toggleRecording();

    parts.engine.notify('thread/realtime/closed', { threadId, reason: 'transport_closed' });
    await isOff(parts);

    expect(appended(parts)).toEqual([['', 0, true]]);
  });

  test('goes on while a call is replaced', async () => {
    const parts = await callingAssistant();
    parts.assistant.voice.toggleRecording();

    parts.media.calls[0]?.become('failed');
    parts.media.recordings[0]?.sink.onPiece(bytes(1), 900);
    await vi.waitFor(() => {
      expect(appended(parts)).toHaveLength(1);
    });

    expect(phaseOf(parts)).toBe('on');
  });

  test('that the engine cannot keep ends with its reason, and the conversation goes on', async () => {
    const parts = await callingAssistant(
      {},
      {
        'thread/realtime/recording/append': () => {
          throw new Error('No space left on the disk.');
        },
      },
    );
    parts.assistant.voice.toggleRecording();
    parts.media.recordings[0]?.sink.onPiece(bytes(1), 900);

    expect(await isOff(parts)).toMatchObject({
      error: { message: 'The recording could not be saved: No space left on the disk.' },
    });
    expect(parts.media.recordings[0]?.isStopped).toBe(true);
    expect(parts.assistant.voice.state.getSnapshot().phase).toBe('live');
    parts.media.recordings[0]?.sink.onPiece(bytes(2), 1_900);
    expect(phaseOf(parts)).toBe('off');
  });

  test('that the browser breaks off says so and keeps what there is', async () => {
    const parts = await callingAssistant();
    parts.assistant.voice.toggleRecording();
    parts.media.recordings[0]?.sink.onPiece(bytes(1), 900);
    parts.media.recordings[0]?.break();

    expect(await isOff(parts)).toMatchObject({
      error: { message: 'The browser stopped recording by itself.' },
    });
    await vi.waitFor(() => {
      expect(appended(parts)).toEqual([
        ['AQ==', 900, false],
        ['', 900, true],
      ]);
    });
  });

  test('ends when the engine goes away', async () => {
    const parts = await callingAssistant();
    parts.assistant.voice.toggleRecording();
    parts.engine.drop();

    expect(await isOff(parts)).toMatchObject({
      error: { message: 'The recording ended because Parley’s engine went away.' },
    });
  });

  test('that is not saved in time is given up, so that nothing waits for ever', async () => {
    const parts = await callingAssistant(
      {},
      { 'thread/realtime/recording/append': async () => new Promise<never>(() => undefined) },
    );
    parts.assistant.voice.toggleRecording();
    parts.assistant.voice.toggleRecording();
    await waitFor(parts.assistant.voice.recording.state, ({ phase }) => phase === 'saving');
    parts.clock.advance(10_000);

    expect(await isOff(parts)).toMatchObject({
      error: { message: 'The end of the recording could not be saved in time.' },
    });
  });

  test('the engine cannot keep up with is given up after a minute of sound', async () => {
    const parts = await callingAssistant(
      {},
      { 'thread/realtime/recording/append': async () => new Promise<never>(() => undefined) },
    );
    parts.assistant.voice.toggleRecording();
    for (let at = 0; at < 70; at += 1)
      parts.media.recordings[0]?.sink.onPiece(bytes(1), at * 1_000);

    expect(phaseOf(parts)).toBe('off');
  });

  test('where the browser cannot says so', async () => {
    const parts = await callingAssistant();
    parts.media.canRecord = false;

    parts.assistant.voice.toggleRecording();

    expect(parts.assistant.voice.recording.state.getSnapshot()).toMatchObject({
      phase: 'off',
      error: { message: 'This browser cannot record sound.' },
    });
  });
});

describe('a kept recording', () => {
  const item = {
    type: 'recording' as const,
    id: '0190a5a0-0000-7000-8000-000000000001',
    realtimeSessionId: 's',
    mimeType: 'audio/webm',
    sizeBytes: 3,
    durationMs: 2_000,
  };

  test('stands in the conversation once, however often it is told', async () => {
    const { engine, assistant } = await talkingAssistant();

    engine.notify('thread/realtime/item/completed', { threadId, item });
    engine.notify('thread/realtime/item/completed', { threadId, item: { ...item, sizeBytes: 4 } });

    expect(assistant.conversation.getSnapshot().entries).toEqual([
      {
        kind: 'recording',
        id: item.id,
        mimeType: 'audio/webm',
        sizeBytes: 4,
        durationMs: 2_000,
      },
    ]);
  });

  test('is read piece by piece', async () => {
    const parts = ['AQI=', 'Aw=='];
    const { assistant } = await talkingAssistant(
      {},
      {
        'thread/realtime/recording/read': ({ offset }) => ({
          mimeType: 'audio/webm',
          data: parts[offset === 0 ? 0 : 1] ?? '',
          nextOffset: offset === 0 ? 2 : null,
          sizeBytes: 3,
        }),
      },
    );

    const blob = await assistant.readRecording(item.id);

    expect(blob.type).toBe('audio/webm');
    expect(new Uint8Array(await blob.arrayBuffer())).toEqual(bytes(1, 2, 3));
  });

  test.for([
    ['does not move on', { data: 'AQ==', nextOffset: 0 }],
    ['is no base64', { data: '?', nextOffset: null }],
  ] as const)('whose next piece %s is refused instead of read for ever', async ([, piece]) => {
    const { assistant } = await talkingAssistant(
      {},
      {
        'thread/realtime/recording/read': () => ({ mimeType: 'a/b', sizeBytes: 3, ...piece }),
      },
    );

    await expect(assistant.readRecording(item.id)).rejects.toMatchObject({ code: 'recordingRead' });
  });
});

test('a recording belongs to the thread it was made in', async () => {
  const parts = await callingAssistant();
  parts.assistant.voice.toggleRecording();
  parts.media.recordings[0]?.sink.onPiece(bytes(1), 900);
  await parts.assistant.openThread('old');

  const requests = parts.engine.asked('thread/realtime/recording/append');
  expect(new Set(requests.map(({ recordingId }) => recordingId))).toEqual(new Set([idOf(parts)]));
  expect(requests.map((request) => request.threadId)).toEqual([threadId, threadId]);
});
