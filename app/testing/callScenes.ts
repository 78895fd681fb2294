import { type ScriptedEngine, sampleTurn } from '../../core/protocol/testing/index.ts';
import { FarSide } from './farSide.ts';

const threadId = 'thread-1';
const here = { threadId };

const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

/** The far sides of this page's calls, for looking at them from outside. */
export const farSides: FarSide[] = [];

/** Answers calls: `call` as it should be, `nowhere` without an address, all others not at all. */
export async function answerCall(
  engine: ScriptedEngine,
  scene: string,
  sdp: string,
): Promise<void> {
  engine.notify('thread/realtime/stage', { ...here, stage: 'connecting' });
  await pause(60);
  if (scene !== 'call' && scene !== 'nowhere') {
    const message = 'The provider takes no calls (404).';
    engine.notify('thread/realtime/error', { ...here, message, fatal: true });
    return;
  }
  const before = farSides.at(-1);
  const far = new FarSide();
  farSides.push(far);
  const answer = await far.answer(sdp, scene === 'nowhere');
  if (before !== undefined) {
    before.close();
    engine.notify('thread/realtime/closed', { ...here, reason: 'requested' });
  }
  engine.notify('thread/realtime/started', {
    ...here,
    sessionId: threadId,
    realtimeSessionId: threadId,
    version: 'v2',
    model: 'practice-voice',
    modelProvider: 'practice',
    transport: 'webrtc',
    callId: `call-${farSides.length}`,
  });
  engine.notify('thread/realtime/sdp', { ...here, sdp: answer });
  engine.notify('thread/realtime/stage', { ...here, stage: 'configuring' });
  engine.notify('thread/realtime/stage', { ...here, stage: 'ready' });
  if (scene === 'call') void converse(engine, far);
}

/** Speaks for so long, unless it is stopped. */
export async function speakInCall(
  engine: ScriptedEngine,
  far: FarSide,
  number: number,
  text: string,
  ms: number,
): Promise<void> {
  const responseId = `response-${number}`;
  const ids = { itemId: `parley-${number}`, responseId };
  engine.notify('thread/realtime/response/started', { ...here, responseId });
  far.speak(true);
  far.say({ type: 'output_audio_buffer.started', response_id: responseId });
  engine.notify('thread/realtime/outputAudioBuffer/started', { ...here, responseId });
  for (const delta of text.split(/(?<= )/u))
    engine.notify('thread/realtime/transcript/delta', {
      ...here,
      role: 'assistant',
      delta,
      ...ids,
    });
  engine.notify('thread/realtime/transcript/done', { ...here, role: 'assistant', text, ...ids });
  engine.notify('thread/realtime/response/completed', {
    ...here,
    responseId,
    status: 'completed',
  });
  await pause(ms);
  far.speak(false);
  far.say({ type: 'output_audio_buffer.stopped', response_id: responseId });
  engine.notify('thread/realtime/outputAudioBuffer/stopped', { ...here, responseId });
}

async function converse(engine: ScriptedEngine, far: FarSide): Promise<void> {
  while (!far.isOpen) await pause(20);
  await pause(800);
  const itemId = 'you-1';
  engine.notify('thread/realtime/speech/started', { ...here, itemId, audioStartMs: 0 });
  await pause(900);
  engine.notify('thread/realtime/speech/stopped', { ...here, itemId, audioEndMs: 900 });
  engine.notify('thread/realtime/input/committed', { ...here, itemId, previousItemId: null });
  const text = 'Can you hear me by WebRTC?';
  engine.notify('thread/realtime/transcript/done', { ...here, role: 'user', text, itemId });
  engine.notify('turn/started', {
    ...here,
    turn: sampleTurn({
      id: 'work-1',
      startedAt: Math.floor(Date.now() / 1000),
      delegation: { callId: 'call-work', prompt: 'Check the line' },
    }),
  });
  await speakInCall(
    engine,
    far,
    1,
    'Yes, loud and clear. The sound comes straight from the provider now, and everything that is said is written down here as before.',
    8_000,
  );
}
