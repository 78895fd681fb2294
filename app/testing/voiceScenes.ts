import { encodePcm, SAMPLE_RATE_HZ } from '../media/index.ts';
import { type ScriptedEngine, sampleTurn } from '../../core/protocol/testing/index.ts';

const threadId = 'thread-1';
const here = { threadId };
const nowS = (): number => Math.floor(Date.now() / 1000);

const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

/** Speech-like sound: a tone that swells and fades with every syllable. */
function tone(ms: number): string {
  const samples = new Int16Array((SAMPLE_RATE_HZ * ms) / 1000);
  for (let at = 0; at < samples.length; at += 1) {
    const t = at / SAMPLE_RATE_HZ;
    const swell = Math.abs(Math.sin(t * 9)) * (0.5 + 0.5 * Math.sin(t * 2.3));
    samples[at] = Math.round(Math.sin(t * 2 * Math.PI * 190) * 9_000 * swell);
  }
  return encodePcm(samples);
}

function talk(engine: ScriptedEngine, number: number, text: string, ms: number): void {
  const itemId = `parley-${number}`;
  const responseId = `response-${number}`;
  engine.notify('thread/realtime/response/started', { ...here, responseId });
  for (let at = 0; at < ms; at += 200)
    engine.notify('thread/realtime/outputAudio/delta', {
      ...here,
      audio: {
        data: tone(200),
        sampleRate: SAMPLE_RATE_HZ,
        numChannels: 1,
        samplesPerChannel: SAMPLE_RATE_HZ / 5,
        itemId,
        responseId,
      },
    });
  for (const delta of text.split(/(?<= )/u))
    engine.notify('thread/realtime/transcript/delta', {
      ...here,
      role: 'assistant',
      delta,
      itemId,
      responseId,
    });
  engine.notify('thread/realtime/transcript/done', {
    ...here,
    role: 'assistant',
    text,
    itemId,
    responseId,
  });
  engine.notify('thread/realtime/response/completed', {
    ...here,
    responseId,
    status: 'completed',
    usage: {
      total_tokens: 206,
      input_tokens: 92,
      output_tokens: 114,
      input_token_details: { text_tokens: 38, audio_tokens: 54, cached_tokens: 24 },
      output_token_details: { text_tokens: 30, audio_tokens: 84 },
    },
  });
}

/** An answer of the voice model in the other modality. */
function write(engine: ScriptedEngine, number: number, text: string): void {
  const ids = { itemId: `parley-${number}`, responseId: `response-${number}` };
  engine.notify('thread/realtime/transcript/done', { ...here, role: 'assistant', text, ...ids });
}

async function listen(engine: ScriptedEngine, number: number, text: string): Promise<void> {
  const itemId = `you-${number}`;
  engine.notify('thread/realtime/speech/started', { ...here, itemId, audioStartMs: 0 });
  await pause(900);
  engine.notify('thread/realtime/speech/stopped', { ...here, itemId, audioEndMs: 900 });
  const previousItemId = number === 1 ? null : `parley-${number - 1}`;
  engine.notify('thread/realtime/input/committed', { ...here, itemId, previousItemId });
  await pause(250);
  engine.notify('thread/realtime/transcript/done', { ...here, role: 'user', text, itemId });
}

function work(engine: ScriptedEngine, id: string, prompt: string): void {
  const turn = sampleTurn({
    id,
    rootTurnId: id,
    startedAt: nowS() - 33,
    delegation: { callId: `call-${id}`, prompt },
  });
  engine.notify('turn/started', { ...here, turn });
  engine.notify('turn/plan/updated', {
    ...here,
    turnId: id,
    explanation: null,
    plan: [
      { step: 'Find the failing test', status: 'completed' },
      { step: 'Run it in the old and the new time zone', status: 'inProgress' },
      { step: 'Propose a fix', status: 'pending' },
    ],
  });
}

async function startVoice(engine: ScriptedEngine): Promise<void> {
  for (const stage of ['connecting', 'configuring', 'ready'] as const) {
    engine.notify('thread/realtime/stage', { ...here, stage });
    await pause(30);
  }
  engine.notify('thread/realtime/started', {
    ...here,
    sessionId: threadId,
    realtimeSessionId: threadId,
    version: 'v2',
    model: 'practice-voice',
    modelProvider: 'practice',
  });
}

/** What the engine tells beside the conversation. */
function tellFacts(engine: ScriptedEngine, endsInS: number): void {
  engine.notify('thread/realtime/session/updated', {
    ...here,
    outputModality: 'audio',
    quiet: false,
    interruption: 'on',
    expiresAt: nowS() + endsInS,
  });
  engine.notify('thread/realtime/rateLimits/updated', {
    ...here,
    rateLimits: [
      { name: 'requests', limit: 1000, remaining: 998, reset_seconds: 12 },
      { name: 'tokens', limit: 50_000, remaining: 41_350, reset_seconds: 140 },
    ],
  });
  engine.notify('thread/realtime/queue/updated', {
    ...here,
    phase: 'active',
    waiting: 1,
    droppedInputChunks: 37,
  });
}

const DROP = 'the provider closed the connection with code 1012 (service restart)';

/** Written answers, a repeated trouble, a session near its end, and a connection that is lost. */
async function dropScene(engine: ScriptedEngine): Promise<void> {
  await startVoice(engine);
  tellFacts(engine, 200);
  await listen(engine, 1, 'What is on my list for today?');
  write(engine, 1, 'Three things: the date test, the trip to Lisbon and the standup notes.');
  for (const chunks of [3, 9])
    engine.notify('thread/realtime/warning', {
      ...here,
      message: `The connection could not keep up: ${chunks} pieces of microphone sound were dropped.`,
    });
  await pause(2500);
  const speech = { ...here, itemId: 'you-2' };
  engine.notify('thread/realtime/speech/started', { ...speech, audioStartMs: 0 });
  await pause(600);
  for (const attempt of [1, 2, 3]) {
    engine.notify('thread/realtime/stage', {
      ...here,
      stage: 'reconnecting',
      attempt,
      detail: DROP,
    });
    await pause(1200);
  }
  engine.notify('thread/realtime/stage', { ...here, stage: 'ready' });
}

/** What happens in a scene once voice has started. */
export function playVoice(engine: ScriptedEngine, scene: string): void {
  void (scene === 'drop' ? dropScene(engine) : voiceScene(engine));
}

/** Says what was asked to be read aloud. */
export function readAloud(engine: ScriptedEngine, text: string): void {
  talk(engine, engine.requests.length, text, 2400);
}

async function voiceScene(engine: ScriptedEngine): Promise<void> {
  await startVoice(engine);
  tellFacts(engine, 3_300);
  await pause(500);
  await listen(
    engine,
    1,
    'The date test fails on my machine since this morning. Can you look into it?',
  );
  talk(engine, 1, 'I’ll have it looked at now. Shall I also run the whole suite afterwards?', 1800);
  work(engine, 'work-1', 'Find out why the date test fails and fix it');
  await pause(2600);
  await listen(engine, 2, 'Yes, please. And keep it short.');
  talk(
    engine,
    2,
    'It was the time zone: the test expects UTC, and your machine moved to Lisbon time last night. I am trying the fix now.',
    6000,
  );
}
