import { describe, expect, test, vi } from 'vitest';

import { encodePcm, MicrophoneError } from '../media/index.ts';
import {
  sampleSpoken,
  sampleStart,
  sampleTurn,
  type ScriptedEngine,
} from '../../core/protocol/testing/index.ts';
import {
  readyAssistant as ready,
  say,
  started,
  talkingAssistant as talking,
  threadId,
  waitFor,
} from '../testing/index.ts';

const asked = async (engine: ScriptedEngine, method: 'thread/realtime/interrupt') =>
  vi.waitFor(() => {
    const requests = engine.asked(method);
    expect(requests.length).toBeGreaterThan(0);
    return requests;
  });

const dictating = async () => {
  const parts = await talking();
  parts.engine.notify('thread/realtime/started', { ...started, sessionType: 'transcription' });
  return parts;
};

describe('typing', () => {
  test('starts a thread with the first message, once for two sent together', async () => {
    const { engine, assistant } = await ready();

    await Promise.all([assistant.send('one'), assistant.send('two')]);

    expect(engine.asked('thread/start')).toHaveLength(1);
    expect(engine.asked('turn/start').map(({ threadId: id }) => id)).toEqual([threadId, threadId]);
    expect(assistant.threads.getSnapshot().rows[0]?.title).toBe('one');
  });

  test('goes into one new conversation, also when another was left while it was being started', async () => {
    const starts: PromiseWithResolvers<void>[] = [];
    const { assistant, engine } = await ready(
      {},
      {
        'thread/start': async () => {
          const start = Promise.withResolvers<void>();
          const id = `new-${starts.push(start)}`;
          if (starts.length <= 2) await start.promise;
          return sampleStart({ id });
        },
      },
    );
    const left = assistant.send('left');
    await vi.waitFor(() => {
      expect(starts).toHaveLength(1);
    });
    await assistant.newConversation();
    const one = assistant.send('one');
    await vi.waitFor(() => {
      expect(starts).toHaveLength(2);
    });
    starts[0]?.resolve();
    await left;
    const two = assistant.send('two');
    for (const start of starts) start.resolve();
    await Promise.all([one, two]);

    expect(engine.asked('turn/start').map(({ threadId: id }) => id)).toEqual([
      'new-1',
      'new-2',
      'new-2',
    ]);
  });

  test('goes into the conversation while voice runs, and asks for an answer', async () => {
    const { engine, assistant } = await talking();

    await assistant.send('be quiet');

    expect(engine.asked('thread/realtime/appendText')).toEqual([
      { threadId, text: 'be quiet', respond: true, clientItemId: 'typed-1' },
    ]);
    expect(engine.asked('turn/start')).toEqual([]);
    expect(assistant.conversation.getSnapshot().entries).toMatchObject([
      { kind: 'voice', speaker: 'you', text: 'be quiet', typed: true },
    ]);
  });

  describe('while a voice session is starting', () => {
    test('stands on the page at once and goes into the session when it is live', async () => {
      const { engine, assistant } = await ready();
      await assistant.voice.start();

      const sending = assistant.send('be quiet');
      await waitFor(assistant.conversation, ({ entries }) => entries.length > 0);
      expect(engine.asked('thread/realtime/appendText')).toEqual([]);
      engine.notify('thread/realtime/started', started);
      await sending;

      expect(engine.asked('thread/realtime/appendText')).toMatchObject([{ text: 'be quiet' }]);
      expect(engine.asked('turn/start')).toEqual([]);
    });

    test('is a turn of its own when the session turns out to be dictation', async () => {
      const { engine, assistant } = await ready();
      await assistant.voice.start();

      const sending = assistant.send('be quiet');
      await waitFor(assistant.conversation, ({ entries }) => entries.length > 0);
      engine.notify('thread/realtime/started', { ...started, sessionType: 'transcription' });
      await sending;
      await assistant.send('and now');

      expect(engine.asked('turn/start')).toMatchObject([
        { input: [{ text: 'be quiet' }] },
        { input: [{ text: 'and now' }] },
      ]);
      expect(engine.asked('thread/realtime/appendText')).toEqual([]);
    });

    test('is a turn of its own when the session ends before it began', async () => {
      const { engine, assistant } = await ready();
      await assistant.voice.start();

      const sending = assistant.send('be quiet');
      await waitFor(assistant.conversation, ({ entries }) => entries.length > 0);
      await assistant.voice.end();
      await sending;

      expect(engine.asked('turn/start')).toMatchObject([{ input: [{ text: 'be quiet' }] }]);
      expect(engine.asked('thread/realtime/appendText')).toEqual([]);
      expect(assistant.conversation.getSnapshot().entries).toEqual([]);
    });

    test('does not wait for ever', async () => {
      const { engine, clock, assistant } = await ready();
      await assistant.voice.start();

      const sending = assistant.send('be quiet');
      await waitFor(assistant.conversation, ({ entries }) => entries.length > 0);
      clock.advance(15_000);
      await sending;

      expect(engine.asked('turn/start')).toMatchObject([{ input: [{ text: 'be quiet' }] }]);
    });
  });

  test('silences the answer before the new words go out', async () => {
    const { engine, media, assistant } = await talking();
    say(engine, 'a1', 'r1', 1_000);
    media.heard('a1', 200);

    await assistant.send('something else');

    const order = engine.requests.map(({ method }) => method).slice(-2);
    expect(order).toEqual(['thread/realtime/interrupt', 'thread/realtime/appendText']);
  });

  test('is the line it was from the first moment when the engine stores it, whatever it says', async () => {
    const { engine, assistant } = await talking();
    const stored = (id: string): void => {
      engine.notify('thread/realtime/item/completed', {
        threadId,
        item: {
          id,
          realtimeSessionId: 's',
          type: 'transcriptSegment',
          role: 'user',
          text: 'again',
          typed: true,
        },
      });
    };
    const sending = Promise.all([assistant.send('again'), assistant.send('again')]);
    await waitFor(assistant.conversation, ({ entries }) => entries.length > 1);
    // The engine's word may overtake its answer to the request, and come in any order, and twice.
    stored('typed-2');
    stored('typed-1');
    await sending;
    stored('typed-2');
    stored('from another window');

    expect(assistant.conversation.getSnapshot().entries.map(({ id }) => id)).toEqual([
      'typed-1',
      'typed-2',
      'from another window',
    ]);
  });

  test('fails in words when the engine is away', async () => {
    const { engine, assistant } = await ready();
    engine.refusal = new Error('gone');
    engine.drop();

    await expect(assistant.send('hello')).rejects.toMatchObject({ code: 'connectionClosed' });
  });
});

describe('voice', () => {
  test('keeps what was said before the session runs and sends it then, in order', async () => {
    const { engine, media, assistant } = await ready();
    await assistant.voice.start();
    media.capture(1);
    media.capture(2);
    media.capture(3);
    expect(engine.asked('thread/realtime/appendAudio')).toEqual([]);

    engine.notify('thread/realtime/started', started);
    media.capture(4);
    await vi.waitFor(() => {
      expect(engine.asked('thread/realtime/appendAudio')).toHaveLength(2);
    });

    expect(engine.asked('thread/realtime/appendAudio')[0]?.audio).toMatchObject({
      sampleRate: 24_000,
      numChannels: 1,
      samplesPerChannel: 960,
    });
  });

  test('sends silence while muted, and sound while the talk key is held', async () => {
    const { engine, media, assistant } = await talking();
    assistant.voice.microphone.setMuted(true);
    media.capture(900);
    media.capture(900);
    assistant.voice.microphone.setTalking(true);
    media.capture(900);
    media.capture(900);
    await vi.waitFor(() => {
      expect(engine.asked('thread/realtime/appendAudio')).toHaveLength(2);
    });

    const sent = engine.asked('thread/realtime/appendAudio').map(({ audio }) => audio.data);
    expect(sent).toEqual([
      encodePcm(new Int16Array(960)),
      encodePcm(new Int16Array(960).fill(900)),
    ]);
  });

  test('speech over the answer silences it at once and reports what was heard of each item', async () => {
    const { engine, media, assistant } = await talking();
    say(engine, 'a1', 'r1', 1_000);
    say(engine, 'a2', 'r1', 500);
    media.heard('a1', 640);

    engine.notify('thread/realtime/speech/started', { threadId, itemId: 'u2', audioStartMs: 0 });
    const [request] = await asked(engine, 'thread/realtime/interrupt');
    say(engine, 'a2', 'r1', 500);
    say(engine, 'a3', 'r2', 500);

    expect(request?.heard).toEqual([
      { itemId: 'a1', playedMs: 640 },
      { itemId: 'a2', playedMs: 0 },
    ]);
    expect(media.clears).toBe(1);
    expect(media.played.map(({ itemId }) => itemId)).toEqual(['a1', 'a2', 'a3']);
    expect(assistant.voice.state.getSnapshot().phase).toBe('live');
  });

  test('refuses audio of the stopped answer while the loudspeaker has not reported yet', async () => {
    const { engine, media, assistant } = await talking();
    say(engine, 'a1', 'r1', 500);
    assistant.stop();
    say(engine, 'a1', 'r1', 500);
    await asked(engine, 'thread/realtime/interrupt');

    expect(media.played).toHaveLength(1);
  });

  test('speech while nothing sounds interrupts nothing', async () => {
    const { engine, media } = await talking();

    engine.notify('thread/realtime/speech/started', { threadId, itemId: 'u1', audioStartMs: 0 });

    expect({ clears: media.clears, asked: engine.asked('thread/realtime/interrupt') }).toEqual({
      clears: 0,
      asked: [],
    });
  });

  test('a refused microphone leads to words and to typing, and asks the engine for nothing', async () => {
    const { engine, media, assistant } = await ready();
    media.fault = new MicrophoneError('refused');

    await assistant.voice.start();

    expect(assistant.voice.state.getSnapshot()).toMatchObject({
      phase: 'failed',
      error: { message: 'The microphone was not allowed.' },
    });
    expect(media.closed).toBe(true);
    expect(engine.asked('thread/realtime/start')).toEqual([]);
  });

  test('ending closes the microphone and the session, and twice is harmless', async () => {
    const { engine, media, assistant } = await talking();

    await Promise.all([assistant.voice.end(), assistant.voice.end()]);

    expect(media.closed).toBe(true);
    expect(engine.asked('thread/realtime/stop')).toEqual([{ threadId }]);
    expect(assistant.voice.state.getSnapshot()).toEqual({ phase: 'ended' });
  });

  test('a session that starts after the end is not taken up', async () => {
    const { engine, assistant } = await ready();
    await assistant.voice.start();
    await assistant.voice.end();

    engine.notify('thread/realtime/started', started);

    expect(assistant.voice.state.getSnapshot()).toEqual({ phase: 'ended' });
  });

  test('the provider’s own words explain a session that broke', async () => {
    const { engine, media, assistant } = await talking();

    engine.notify('thread/realtime/error', { threadId, message: 'Quota is used up.' });
    engine.notify('thread/realtime/closed', { threadId, reason: 'error' });

    expect(assistant.voice.state.getSnapshot()).toMatchObject({
      phase: 'failed',
      error: { message: 'Quota is used up.' },
    });
    expect(media.closed).toBe(true);
  });

  test('goes on in a new session when the engine comes back', async () => {
    const { engine, media, clock, assistant } = await talking();
    engine.drop();
    expect(assistant.voice.state.getSnapshot().phase).toBe('reconnecting');
    media.capture(7);
    media.capture(7);

    clock.advance(400);
    await vi.waitFor(() => {
      expect(engine.asked('thread/realtime/start')).toHaveLength(2);
    });
    engine.notify('thread/realtime/started', started);
    await waitFor(assistant.voice.state, ({ phase }) => phase === 'live');
    await vi.waitFor(() => {
      expect(engine.asked('thread/realtime/appendAudio')).toHaveLength(1);
    });

    expect(engine.asked('thread/resume')).toMatchObject([{ threadId }]);
    expect(media.closed).toBe(false);
  });

  test('closes the microphone when the engine stays away', async () => {
    const { engine, media, clock, assistant } = await talking();
    engine.refusal = new Error('gone');
    engine.drop();

    clock.advance(30_000);

    expect(media.closed).toBe(true);
    expect(assistant.voice.state.getSnapshot()).toMatchObject({
      phase: 'failed',
      error: { message: 'The connection did not come back, so the microphone was closed.' },
    });
  });

  test('switching to writing tells the running session and silences the voice', async () => {
    const { engine, media, assistant } = await talking();
    say(engine, 'a1', 'r1', 500);

    assistant.chooseVoice({ output: 'text' });
    await asked(engine, 'thread/realtime/interrupt');

    expect(engine.asked('thread/realtime/update')).toEqual([{ threadId, outputModality: 'text' }]);
    expect(media.clears).toBe(1);
  });
});

describe('threads', () => {
  test('opens the conversation of last time', async () => {
    const { engine, assistant } = await ready({
      'parley.settings': JSON.stringify({ lastThreadId: 'old' }),
    });
    await waitFor(assistant.threads, ({ loading }) => !loading);

    expect(engine.asked('thread/resume')).toMatchObject([{ threadId: 'old' }]);
    expect(assistant.threads.getSnapshot().currentId).toBe('old');
  });

  test('shows nothing of another thread', async () => {
    const { engine, assistant } = await talking();

    engine.notify('turn/started', { threadId: 'other', turn: sampleTurn() });

    expect(assistant.conversation.getSnapshot().entries).toEqual([]);
  });

  test('the history of a thread that was left meanwhile is not shown', async () => {
    const { assistant } = await ready();

    const opening = assistant.openThread('old');
    await assistant.newConversation();
    await opening;

    expect(assistant.threads.getSnapshot().currentId).toBeUndefined();
  });

  test('a long history is shown from its newest end, and nothing of it is lost', async () => {
    const timeline = Array.from({ length: 12_345 }, (_, position) => sampleSpoken(position));
    const { assistant, engine } = await ready(
      {},
      {
        'thread/timeline/list': ({ cursor, limit, fromEnd }) => {
          const size = limit ?? 500;
          const from = fromEnd === true ? timeline.length - size : Number(cursor ?? 0);
          return {
            data: timeline.slice(from, from + size),
            nextCursor: null,
            backwardsCursor: from > 0 ? String(Math.max(0, from - 500)) : null,
            activeRealtimeSessionAtPageStart: null,
          };
        },
      },
    );

    await assistant.openThread('old');

    const newest = assistant.conversation.getSnapshot().entries;
    expect(newest.length).toBeLessThan(1000);
    expect(newest.at(-1)).toMatchObject({ id: 'a12344' });
    expect(assistant.threads.getSnapshot().loading).toBe(false);
    engine.notify('turn/started', { threadId: 'old', turn: sampleTurn({ id: 'new' }) });
    await vi.waitFor(() => {
      const ids = assistant.conversation.getSnapshot().entries.map(({ id }) => id);
      expect(ids).toEqual([...timeline.keys().map((position) => `a${position}`), 'new']);
    });
  });

  test('a problem of the configuration stays until it is dismissed', async () => {
    const { engine, assistant } = await ready();
    engine.notify('configWarning', { summary: 'Unknown key "modle".', details: null });
    engine.notify('configWarning', { summary: 'Unknown key "modle".', details: null });
    expect(assistant.warnings.getSnapshot()).toEqual(['Unknown key "modle".']);

    assistant.warnings.dismiss('Unknown key "modle".');

    expect(assistant.warnings.getSnapshot()).toEqual([]);
  });

  test('a model that ends soon is a notice and no trouble, told once and dismissed once', async () => {
    const { engine, assistant } = await ready();
    const summary = 'm ends on 20 January 2027, in 54 days; set model to "n".';
    engine.notify('deprecationNotice', { summary, details: null });
    engine.notify('deprecationNotice', { summary, details: null });
    engine.notify('deprecationNotice', { summary: 'More.', details: 'Much more.' });
    const notices = assistant.notices.getSnapshot();
    assistant.notices.dismiss(summary);

    expect(notices).toEqual([summary, 'More. Much more.']);
    expect(assistant.notices.getSnapshot()).toEqual(['More. Much more.']);
    expect(assistant.warnings.getSnapshot()).toEqual([]);
  });

  test('settings that cannot be used leave the last conversation to be read, and are no trouble once mended', async () => {
    const words = 'failed to load configuration: /h/config.toml:2:18: this is not valid TOML';
    let isMended = false;
    const { engine, assistant } = await ready(
      { 'parley.settings': JSON.stringify({ lastThreadId: threadId }) },
      {
        'thread/resume': () => {
          if (!isMended) throw new Error(words);
          return sampleStart();
        },
        'thread/timeline/list': () => ({
          data: [sampleSpoken(0)],
          nextCursor: null,
          backwardsCursor: null,
          activeRealtimeSessionAtPageStart: null,
        }),
      },
    );
    engine.notify('configWarning', { summary: 'They cannot be used.', details: '/h/config.toml' });
    await waitFor(assistant.conversation, ({ entries }) => entries.length > 0);
    expect(assistant.threads.getSnapshot()).toMatchObject({ currentId: threadId, loading: false });
    expect(assistant.warnings.getSnapshot()).toEqual(['They cannot be used. /h/config.toml']);

    await expect(assistant.send('Hello?')).rejects.toThrow(words);
    expect(engine.asked('thread/start')).toEqual([]);
    isMended = true;
    await assistant.send('Hello?');

    expect(engine.asked('turn/start')).toMatchObject([{ threadId }]);
    expect(assistant.warnings.getSnapshot()).toEqual([]);
    expect(assistant.settings.getSnapshot().lastThreadId).toBe(threadId);
  });

  test('Esc stops a typed turn when no voice runs', async () => {
    const { engine, assistant } = await ready();
    await assistant.send('hello');
    engine.notify('turn/started', { threadId, turn: sampleTurn() });

    assistant.stop();
    await vi.waitFor(() => {
      expect(engine.asked('turn/interrupt')).toEqual([{ threadId, turnId: 'turn-1' }]);
    });
  });

  test('what was cut off is asked again as it was, and as the work it was; pressed twice, once', async () => {
    const { engine, assistant } = await ready();
    await assistant.send('Talk');
    const delegation = { callId: 'call_1', prompt: 'Count' };
    engine.notify('turn/completed', {
      threadId,
      turn: sampleTurn({ id: 'w1', status: 'interrupted', delegation }),
    });
    const cut = assistant.conversation.getSnapshot().entries.find(({ id }) => id === 'w1');
    if (cut?.kind !== 'turn') throw new Error('no turn');

    await Promise.all([assistant.askAgain(cut), assistant.askAgain(cut)]);

    expect(engine.asked('turn/start').slice(1)).toEqual([
      {
        threadId,
        input: [{ type: 'text', text: 'Count' }],
        followUp: 'queue',
        delegation,
      },
    ]);
  });

  test('a conversation is summarised for the model on request, one that has not begun is not', async () => {
    const { engine, assistant } = await ready();
    await assistant.compact();
    expect(engine.asked('thread/compact/start')).toEqual([]);
    expect(assistant.conversation.getSnapshot().entries).toMatchObject([
      { text: 'There is nothing to summarise yet.' },
    ]);

    await assistant.send('Talk');
    await assistant.compact();
    expect(engine.asked('thread/compact/start')).toEqual([{ threadId }]);
  });

  describe('in dictation', () => {
    test('what is dictated is a wish to nobody, also when it comes late', async () => {
      const { engine, assistant } = await dictating();
      const heard = { threadId, role: 'user', itemId: 'u1', text: 'Be quiet, please.' } as const;
      engine.notify('thread/realtime/transcript/done', heard);
      await assistant.voice.end();
      engine.notify('thread/realtime/transcript/done', { ...heard, itemId: 'u2' });

      expect(assistant.settings.getSnapshot().quiet).toBe(false);
      expect(assistant.conversation.getSnapshot().entries).toMatchObject([
        { text: 'Be quiet, please.' },
        { text: 'Be quiet, please.' },
      ]);
    });

    test('Esc stops the typed turn, which nobody speaks', async () => {
      const { engine, assistant } = await dictating();
      await assistant.send('hello');
      engine.notify('turn/started', { threadId, turn: sampleTurn() });

      assistant.stop();

      await vi.waitFor(() => {
        expect(engine.asked('turn/interrupt')).toEqual([{ threadId, turnId: 'turn-1' }]);
      });
    });
  });

  test('a spoken wish for quiet holds and is said, and is taken back in the same way', async () => {
    const { engine, assistant } = await talking();
    const heard = (itemId: string, text: string): void => {
      engine.notify('thread/realtime/transcript/done', { threadId, role: 'user', itemId, text });
    };
    heard('u1', 'Be quiet, please.');
    expect(assistant.settings.getSnapshot().quiet).toBe(true);
    expect(assistant.announcer.current.getSnapshot().text).toBe(
      'Quiet: Parley answers in writing.',
    );
    heard('u2', 'Somebody said be quiet.');
    heard('u3', 'Speak again.');

    expect(assistant.settings.getSnapshot().quiet).toBe(false);
    await vi.waitFor(() => {
      expect(engine.asked('thread/realtime/update')).toEqual([
        { threadId, quiet: true },
        { threadId, quiet: false },
      ]);
    });
  });
});
