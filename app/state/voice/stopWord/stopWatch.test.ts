import { describe, expect, test, vi } from 'vitest';

import {
  callingAssistant,
  type ReadyAssistant,
  say,
  talkingAssistant,
  threadId,
} from '../../../testing/index.ts';

const settings = (kept: object): Record<string, string> => ({
  'parley.settings': JSON.stringify(kept),
});

/** Parley speaks, and is heard. */
async function speaking(kept: object = {}): Promise<ReadyAssistant> {
  const parts = await talkingAssistant(settings(kept));
  say(parts.engine, 'a1', 'r1', 2_000);
  parts.media.heard('a1', 300);
  return parts;
}

describe('while Parley speaks', () => {
  test('speech turns it down, and what was no word lets it be heard again', async () => {
    const { media } = await speaking();
    const [spotter] = media.spotters;

    expect(spotter?.isListening).toBe(true);
    spotter?.speechBegins();
    expect(media.isDucked).toBe(true);
    spotter?.hear(undefined);

    expect(media.isDucked).toBe(false);
    expect(media.clears).toBe(0);
  });

  test('speech that does not end turns it down for less than half a second', async () => {
    const { media, clock } = await speaking();

    media.spotters[0]?.speechBegins();
    clock.advance(500);

    expect(media.isDucked).toBe(false);
  });

  test('"stop" silences it at once, and the provider learns what was heard', async () => {
    const { media, engine } = await speaking();

    media.spotters[0]?.speechBegins();
    media.spotters[0]?.hear('stop');

    expect(media.clears).toBe(1);
    await vi.waitFor(() => {
      expect(engine.asked('thread/realtime/interrupt')).toMatchObject([
        { threadId, heard: [{ itemId: 'a1' }] },
      ]);
    });
  });

  test('"stop" silences it while the provider is away', async () => {
    const { media, engine } = await speaking();
    engine.notify('thread/realtime/stage', {
      threadId,
      stage: 'reconnecting',
      attempt: 1,
      detail: 'closed with code 1006',
    });

    media.spotters[0]?.hear('stop');

    expect(media.clears).toBe(1);
  });

  test('"stop" silences a call', async () => {
    const parts = await callingAssistant();
    parts.media.calls[0]?.say({ type: 'soundStarted', responseId: 'r1' });

    parts.media.spotters[0]?.hear('stop');

    expect(parts.media.isCallAudible).toBe(false);
  });

  test('a recogniser that fails is told once, and the conversation goes on', async () => {
    const { media, assistant } = await speaking();
    media.spotters[0]?.speechBegins();

    media.spotters[0]?.fail('Parley cannot listen for “stop” on its own here (no memory).');
    media.heard('a1', 600);

    expect(media.isDucked).toBe(false);
    expect(media.spotters).toHaveLength(1);
    expect(assistant.voice.state.getSnapshot().phase).toBe('live');
    expect(assistant.voice.stopListening.getSnapshot()).toBe('failed');
    expect(
      assistant.conversation.getSnapshot().entries.filter((e) => e.kind === 'note'),
    ).toHaveLength(1);
  });
});

describe('nothing is listened for', () => {
  test('where that is switched off, and nothing is loaded', async () => {
    const { media } = await speaking({ stopWord: false });

    expect(media.spotters).toEqual([]);
  });

  test('from when it is switched off, while Parley speaks on', async () => {
    const { media, assistant } = await speaking();
    media.spotters[0]?.speechBegins();

    assistant.settings.update((now) => ({ ...now, stopWord: false }));

    expect(media.spotters[0]?.isClosed).toBe(true);
    expect(media.isDucked).toBe(false);
    expect(media.clears).toBe(0);
  });

  test('before Parley is heard, and after the conversation', async () => {
    const { media, assistant } = await talkingAssistant();
    expect(media.spotters[0]?.isListening).toBe(false);

    await assistant.voice.end();

    expect(media.spotters[0]?.isClosed).toBe(true);
    expect(assistant.voice.stopListening.getSnapshot()).toBe('off');
  });
});
