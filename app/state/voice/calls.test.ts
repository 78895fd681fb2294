import { describe, expect, test, vi } from 'vitest';

import {
  callingAssistant,
  type ReadyAssistant,
  readyAssistant,
  started,
  threadId,
  waitFor,
} from '../../testing/index.ts';

const stored = (settings: object): Record<string, string> => ({
  'parley.settings': JSON.stringify(settings),
});
const auto = stored({ connection: 'auto' });

const transports = ({ engine }: ReadyAssistant): readonly unknown[] =>
  engine.asked('thread/realtime/start').map(({ transport }) => transport);

const phaseIs = async ({ assistant }: ReadyAssistant, phase: string): Promise<unknown> =>
  waitFor(assistant.voice.state, (state) => state.phase === phase);

const wayIs = async ({ assistant }: ReadyAssistant, phase: string): Promise<unknown> =>
  waitFor(assistant.voice.link, (state) => state.phase === phase);

const sounding = (parts: ReadyAssistant, responseId = 'r1'): void => {
  parts.engine.notify('thread/realtime/outputAudioBuffer/started', { threadId, responseId });
};

const isPlaying = ({ assistant }: ReadyAssistant): boolean => {
  const state = assistant.voice.state.getSnapshot();
  return state.phase === 'live' && state.playing;
};

const said = ({ assistant }: ReadyAssistant): string =>
  assistant.announcer.current.getSnapshot().text;

describe('a call', () => {
  test('is offered to the engine, takes its answer, and is live when the sound has a way', async () => {
    const parts = await readyAssistant(auto);
    const { engine, media, assistant } = parts;
    await assistant.voice.start();
    engine.notify('thread/realtime/started', started);
    engine.notify('thread/realtime/stage', { threadId, stage: 'ready' });
    engine.notify('thread/realtime/sdp', { threadId, sdp: 'the answer' });
    await wayIs(parts, 'joining');

    expect(transports(parts)).toEqual([{ type: 'webrtc', sdp: 'offer 1' }]);
    expect(assistant.voice.state.getSnapshot()).toEqual({ phase: 'starting', stage: 'sound' });
    media.calls[0]?.become('connected');
    await phaseIs(parts, 'live');
    expect(media.calls[0]?.accepted).toEqual(['the answer']);
  });

  test('sends no microphone sound by way of the engine', async () => {
    const { engine, media } = await callingAssistant();

    for (let at = 0; at < 10; at += 1) media.capture(900);
    await Promise.resolve();

    expect(engine.asked('thread/realtime/appendAudio')).toEqual([]);
  });

  test('speaks from the provider’s first word on it to its last', async () => {
    const parts = await callingAssistant();
    sounding(parts);
    expect(isPlaying(parts)).toBe(true);

    parts.engine.notify('thread/realtime/outputAudioBuffer/stopped', {
      threadId,
      responseId: 'another',
    });
    expect(isPlaying(parts)).toBe(true);
    parts.engine.notify('thread/realtime/outputAudioBuffer/stopped', {
      threadId,
      responseId: 'r1',
    });

    expect(isPlaying(parts)).toBe(false);
  });

  test('shows what was heard of an answer, and knows its words were spoken', async () => {
    const parts = await callingAssistant();
    const { engine, media, assistant } = parts;
    sounding(parts);
    const text = 'x'.repeat(30);
    engine.notify('thread/realtime/transcript/done', {
      threadId,
      role: 'assistant',
      text,
      itemId: 'a1',
      responseId: 'r1',
    });
    for (let at = 0; at < 50; at += 1) media.hearCall();

    const heard = assistant.voice.playback.ledger.getSnapshot().items.get('a1');
    expect(heard).toMatchObject({ receivedMs: 2_000, playedMs: 1_000, cut: false });
    expect(said(parts)).not.toContain(text);
    engine.notify('thread/realtime/outputAudioBuffer/stopped', { threadId, responseId: 'r1' });
    expect(assistant.voice.playback.ledger.getSnapshot().items.get('a1')).toMatchObject({
      playedMs: 2_000,
    });
  });

  test('takes the provider’s word on where an answer was cut', async () => {
    const parts = await callingAssistant();
    sounding(parts);
    parts.engine.notify('thread/realtime/transcript/done', {
      threadId,
      role: 'assistant',
      text: 'A long answer that is not heard to its end.',
      itemId: 'a1',
      responseId: 'r1',
    });
    parts.assistant.stop();
    parts.engine.notify('thread/realtime/outputAudio/truncated', {
      threadId,
      itemId: 'a1',
      audioEndMs: 640,
    });

    expect(parts.assistant.voice.playback.ledger.getSnapshot().items.get('a1')).toMatchObject({
      playedMs: 640,
      cut: true,
    });
    expect(parts.assistant.conversation.getSnapshot().entries).toMatchObject([{ heardMs: 640 }]);
  });

  test('that the engine ends ends the conversation and hangs up', async () => {
    const parts = await callingAssistant();

    parts.engine.notify('thread/realtime/closed', { threadId, reason: 'requested' });

    expect(parts.assistant.voice.state.getSnapshot().phase).toBe('ended');
    expect(parts.media.calls[0]?.state).toBe('closed');
    expect(parts.media.closed).toBe(true);
  });

  test('gets the microphone’s choices with it, and changed ones while it runs', async () => {
    const { media, assistant } = await callingAssistant({ noiseSuppression: false });

    assistant.settings.update((settings) => ({ ...settings, echoCancellation: false }));
    assistant.voice.chooseMicrophone('other');
    await waitFor(assistant.voice.microphone.state, ({ device }) => device?.id === 'other');

    expect(media.choices).toMatchObject([
      { id: null, echoCancellation: true, noiseSuppression: false, autoGainControl: true },
      { id: null, echoCancellation: false, noiseSuppression: false },
      { id: 'other', echoCancellation: false },
    ]);
  });

  test('hears nothing of a muted microphone, except while the talk key is held', async () => {
    const { media, assistant } = await callingAssistant();
    const { microphone } = assistant.voice;

    microphone.setMuted(true);
    expect(media.isMicrophoneOpen).toBe(false);
    microphone.setTalking(true);
    expect(media.isMicrophoneOpen).toBe(true);
    microphone.setTalking(false);
    expect(media.isMicrophoneOpen).toBe(false);
  });

  test('starts muted when the user had muted the microphone before', async () => {
    const { media, assistant } = await readyAssistant(auto);
    assistant.voice.microphone.setMuted(true);

    await assistant.voice.start();

    expect(media.isMicrophoneOpen).toBe(false);
  });
});

describe('stopping the voice of a call', () => {
  test('silences it at once and lets the provider count what was heard', async () => {
    const parts = await callingAssistant();
    sounding(parts);

    parts.assistant.stop();

    expect(parts.media.isCallAudible).toBe(false);
    expect(isPlaying(parts)).toBe(false);
    await vi.waitFor(() => {
      expect(parts.engine.asked('thread/realtime/interrupt')).toEqual([{ threadId, heard: [] }]);
    });
  });

  test('holds for that answer, whatever is said of it late, and not for the next', async () => {
    const parts = await callingAssistant();
    sounding(parts);
    parts.assistant.stop();

    sounding(parts);
    expect(parts.media.isCallAudible).toBe(false);
    expect(isPlaying(parts)).toBe(false);
    sounding(parts, 'r2');

    expect(parts.media.isCallAudible).toBe(true);
    expect(isPlaying(parts)).toBe(true);
  });

  test('happens on the first sign of speech, and once, when speaking interrupts', async () => {
    const parts = await callingAssistant({ interruption: 'on' });
    sounding(parts);

    parts.media.calls[0]?.say({ type: 'speechStarted' });
    expect(parts.media.isCallAudible).toBe(false);
    parts.engine.notify('thread/realtime/speech/started', {
      threadId,
      itemId: 'u1',
      audioStartMs: 0,
    });
    await vi.waitFor(() => {
      expect(parts.engine.asked('thread/realtime/interrupt')).toHaveLength(1);
    });
  });

  test.for(['key', 'off'])('does not happen by speech when that is "%s"', async (interruption) => {
    const parts = await callingAssistant({ interruption });
    sounding(parts);

    parts.media.calls[0]?.say({ type: 'speechStarted' });
    parts.engine.notify('thread/realtime/speech/started', {
      threadId,
      itemId: 'u1',
      audioStartMs: 0,
    });

    expect(parts.media.isCallAudible).toBe(true);
    expect(parts.engine.asked('thread/realtime/interrupt')).toEqual([]);
  });

  test('is not undone by the engine’s later word on the same sound', async () => {
    const parts = await callingAssistant();
    parts.media.calls[0]?.say({ type: 'soundStarted', responseId: 'r1' });
    parts.assistant.stop();

    sounding(parts);

    expect(parts.media.isCallAudible).toBe(false);
  });

  test('by quiet lets no sound of the provider through, and the next answer after it', async () => {
    const parts = await callingAssistant();
    sounding(parts);

    parts.assistant.chooseVoice({ quiet: true });
    sounding(parts, 'r2');
    expect(parts.media.isCallAudible).toBe(false);
    expect(isPlaying(parts)).toBe(false);
    parts.assistant.chooseVoice({ quiet: false });
    sounding(parts, 'r3');

    expect(parts.media.isCallAudible).toBe(true);
  });

  test('a call begins silent when quiet was chosen before', async () => {
    const { media } = await callingAssistant({ quiet: true });

    expect(media.isCallAudible).toBe(false);
  });
});
