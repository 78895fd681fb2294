import { describe, expect, test, vi } from 'vitest';

import type { ScriptedEngine } from '../../../core/protocol/testing/index.ts';
import {
  readyAssistant,
  say,
  started,
  talkingAssistant,
  threadId,
  waitFor,
} from '../../testing/index.ts';
import type { Assistant } from '../assistant.ts';

const kept = (settings: object): Record<string, string> => ({
  'parley.settings': JSON.stringify(settings),
});

const speak = (engine: ScriptedEngine): void => {
  engine.notify('thread/realtime/speech/started', { threadId, itemId: 'u2', audioStartMs: 0 });
};

const notes = (assistant: Assistant): readonly string[] =>
  assistant.conversation
    .getSnapshot()
    .entries.flatMap((entry) => (entry.kind === 'note' ? [entry.text] : []));

const lose = (engine: ScriptedEngine, attempt: number): void => {
  engine.notify('thread/realtime/stage', {
    threadId,
    stage: 'reconnecting',
    attempt,
    detail: 'closed with code 1006',
  });
};

const dropped = (engine: ScriptedEngine, pieces: number): void => {
  engine.notify('thread/realtime/warning', {
    threadId,
    message: `${pieces} pieces of microphone sound were dropped.`,
  });
};

describe('quiet', () => {
  test('silences the voice at once, tells the session, and is remembered', async () => {
    const { engine, media, assistant } = await talkingAssistant();
    say(engine, 'a1', 'r1', 500);

    assistant.chooseVoice({ quiet: true });
    await vi.waitFor(() => {
      expect(engine.asked('thread/realtime/interrupt')).toHaveLength(1);
    });

    expect(engine.asked('thread/realtime/update')).toEqual([{ threadId, quiet: true }]);
    expect(media.clears).toBe(1);
    expect(assistant.settings.getSnapshot().quiet).toBe(true);
  });

  test('keeps silent when sound comes that was asked for before, and shows its words', async () => {
    const { engine, media, assistant } = await talkingAssistant();
    assistant.chooseVoice({ quiet: true });

    say(engine, 'a1', 'r1', 500);
    engine.notify('thread/realtime/transcript/done', {
      threadId,
      role: 'assistant',
      text: 'In writing then.',
      itemId: 'a1',
    });

    expect(media.played).toEqual([]);
    expect(assistant.conversation.getSnapshot().entries).toMatchObject([
      { speaker: 'parley', text: 'In writing then.' },
    ]);
    expect(assistant.announcer.current.getSnapshot().text).toBe('Parley: In writing then.');
  });

  test('goes along with the start of a session', async () => {
    const { engine, assistant } = await readyAssistant(
      kept({ quiet: true, interruption: 'key', output: 'text' }),
    );

    await assistant.voice.start();

    expect(engine.asked('thread/realtime/start')).toMatchObject([
      { quiet: true, interruption: 'key', outputModality: 'text', reconnect: true },
    ]);
  });

  test('chosen while a session starts is told to it once it runs, and only once', async () => {
    const { engine, assistant } = await readyAssistant();
    await assistant.voice.start();
    assistant.chooseVoice({ quiet: true });
    expect(engine.asked('thread/realtime/update')).toEqual([]);

    engine.notify('thread/realtime/started', started);
    engine.notify('thread/realtime/started', started);
    await vi.waitFor(() => {
      expect(engine.asked('thread/realtime/update')).toHaveLength(1);
    });

    expect(engine.asked('thread/realtime/update')).toEqual([{ threadId, quiet: true }]);
  });

  test('asks nothing of the engine while no session runs', async () => {
    const { engine, assistant } = await readyAssistant();

    assistant.chooseVoice({ quiet: true, interruption: 'off' });
    await assistant.send('hello');

    expect(engine.asked('thread/realtime/update')).toEqual([]);
  });

  test('that cannot be switched says so where it happened', async () => {
    const { assistant } = await talkingAssistant(
      {},
      {
        'thread/realtime/update': () => {
          throw new Error('not now');
        },
      },
    );

    assistant.chooseVoice({ quiet: true });
    await waitFor(assistant.conversation, ({ entries }) => entries.length > 0);

    expect(notes(assistant)).toEqual(['Could not switch: not now']);
  });
});

describe('interruption', () => {
  test.for(['key', 'off'] as const)(
    'by speech is refused with "%s", and the explicit wish still stops the voice',
    async (interruption) => {
      const { engine, media, assistant } = await talkingAssistant(kept({ interruption }));
      say(engine, 'a1', 'r1', 1_000);

      speak(engine);
      expect(media.clears).toBe(0);

      assistant.stop();
      await vi.waitFor(() => {
        expect(engine.asked('thread/realtime/interrupt')).toHaveLength(1);
      });
      expect(media.clears).toBe(1);
    },
  );

  test('can be changed while Parley speaks', async () => {
    const { engine, media, assistant } = await talkingAssistant();
    say(engine, 'a1', 'r1', 1_000);

    assistant.chooseVoice({ interruption: 'off' });
    speak(engine);
    await vi.waitFor(() => {
      expect(engine.asked('thread/realtime/update')).toEqual([{ threadId, interruption: 'off' }]);
    });

    expect(media.clears).toBe(0);
  });
});

describe('reading aloud', () => {
  test('hands the words to the running session', async () => {
    const { engine, assistant } = await talkingAssistant();

    await assistant.voice.readAloud('Three things.');

    expect(engine.asked('thread/realtime/appendSpeech')).toEqual([
      { threadId, text: 'Three things.' },
    ]);
  });

  test('that fails says so where it happened', async () => {
    const { assistant } = await talkingAssistant(
      {},
      {
        'thread/realtime/appendSpeech': () => {
          throw new Error('no realtime conversation is running');
        },
      },
    );

    await assistant.voice.readAloud('Three things.');

    expect(notes(assistant)).toEqual([
      'Could not read it aloud: no realtime conversation is running',
    ]);
  });

  test('does nothing without a session', async () => {
    const { engine, assistant } = await readyAssistant();

    await assistant.voice.readAloud('Three things.');

    expect(engine.asked('thread/realtime/appendSpeech')).toEqual([]);
  });
});

describe('a new connection to the provider', () => {
  test('lets sound that has come in play on, and listens again once it is ready', async () => {
    const { engine, media, assistant } = await talkingAssistant();
    say(engine, 'a1', 'r1', 1_000);

    lose(engine, 1);
    lose(engine, 2);
    expect(assistant.voice.state.getSnapshot()).toMatchObject({
      phase: 'live',
      relink: { attempt: 2, cause: 'closed with code 1006' },
    });
    engine.notify('thread/realtime/stage', { threadId, stage: 'ready' });

    expect(assistant.voice.state.getSnapshot()).toMatchObject({ phase: 'live', relink: undefined });
    expect({ clears: media.clears, closed: media.closed }).toEqual({ clears: 0, closed: false });
  });

  test('is announced once when it is needed and once when it is there', async () => {
    const { engine, assistant } = await talkingAssistant();
    const said: string[] = [];
    assistant.announcer.current.subscribe(() => {
      said.push(assistant.announcer.current.getSnapshot().text);
    });

    lose(engine, 4);
    lose(engine, 5);
    engine.notify('thread/realtime/stage', { threadId, stage: 'configuring' });
    engine.notify('thread/realtime/stage', { threadId, stage: 'ready' });

    expect(said).toEqual(['Reconnecting: closed with code 1006', 'Connected again.']);
  });

  test('leaves typing and the end of the session usable meanwhile', async () => {
    const { engine, media, assistant } = await talkingAssistant();
    lose(engine, 1);

    await assistant.send('still there?');
    await assistant.voice.end();

    expect(engine.asked('thread/realtime/appendText')).toMatchObject([{ text: 'still there?' }]);
    expect(engine.asked('thread/realtime/stop')).toEqual([{ threadId }]);
    expect(media.closed).toBe(true);
  });

  test('follows a fatal fault of the old one, which explains no later end', async () => {
    const { engine, assistant } = await talkingAssistant();

    engine.notify('thread/realtime/error', { threadId, message: 'Session expired.', fatal: true });
    expect(assistant.voice.state.getSnapshot().phase).toBe('live');
    lose(engine, 1);
    engine.notify('thread/realtime/stage', { threadId, stage: 'ready' });
    engine.notify('thread/realtime/closed', {
      threadId,
      reason: 'transport_closed',
      closeCode: 1006,
    });

    expect(assistant.voice.state.getSnapshot()).toMatchObject({
      phase: 'failed',
      error: { message: 'The voice session ended (code 1006).' },
    });
  });
});

describe('trouble in a session', () => {
  test('that is not the end is one line until the user goes on', async () => {
    const { engine, assistant } = await talkingAssistant();
    dropped(engine, 3);
    dropped(engine, 8);
    expect(notes(assistant)).toEqual(['3 pieces of microphone sound were dropped.']);

    speak(engine);
    dropped(engine, 9);

    expect(notes(assistant)).toHaveLength(2);
    expect(assistant.announcer.current.getSnapshot().key).toBe(2);
    expect(assistant.voice.state.getSnapshot().phase).toBe('live');
  });

  test('that was not the end does not explain an end much later', async () => {
    const { engine, assistant } = await talkingAssistant();
    dropped(engine, 3);
    engine.notify('thread/realtime/closed', { threadId, reason: 'transport_closed' });

    expect(assistant.voice.state.getSnapshot()).toMatchObject({
      error: { message: 'The voice session ended.' },
    });
  });

  test('before it runs is its end', async () => {
    const { engine, media, assistant } = await readyAssistant();
    await assistant.voice.start();

    engine.notify('thread/realtime/error', { threadId, message: 'Wrong key.', fatal: true });

    expect(assistant.voice.state.getSnapshot()).toMatchObject({
      phase: 'failed',
      error: { message: 'Wrong key.' },
    });
    expect(media.closed).toBe(true);
    expect(notes(assistant)).toEqual([]);
  });

  test('a start that is ended before the session runs lets go of the microphone', async () => {
    const { engine, media, assistant } = await readyAssistant(
      {},
      {
        'thread/realtime/interrupt': () => {
          throw new Error('no realtime conversation is running');
        },
      },
    );
    await assistant.voice.start();

    await assistant.voice.end();

    expect(media.closed).toBe(true);
    expect(engine.asked('thread/realtime/stop')).toEqual([{ threadId }]);
  });
});

test('an answer that is heard is not announced as well', async () => {
  const { engine, assistant } = await talkingAssistant();
  say(engine, 'a1', 'r1', 500);
  engine.notify('thread/realtime/transcript/done', {
    threadId,
    role: 'assistant',
    text: 'Aloud.',
    itemId: 'a1',
  });

  expect(assistant.announcer.current.getSnapshot().text).toBe('');
});
