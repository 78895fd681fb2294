import type { TimelineEntry } from '../../core/protocol/index.ts';
import { encodePcm, SAMPLE_RATE_HZ } from '../media/index.ts';
import { FakeEngine } from './fakeEngine.ts';
import { sampleStart, sampleThread, sampleTurn } from './samples.ts';

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

function talk(engine: FakeEngine, number: number, text: string, ms: number): void {
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
    usage: { total_tokens: 206 },
  });
}

async function listen(engine: FakeEngine, number: number, text: string): Promise<void> {
  const itemId = `you-${number}`;
  engine.notify('thread/realtime/speech/started', { ...here, itemId, audioStartMs: 0 });
  await pause(900);
  engine.notify('thread/realtime/speech/stopped', { ...here, itemId, audioEndMs: 900 });
  const previousItemId = number === 1 ? null : `parley-${number - 1}`;
  engine.notify('thread/realtime/input/committed', { ...here, itemId, previousItemId });
  await pause(250);
  engine.notify('thread/realtime/transcript/done', { ...here, role: 'user', text, itemId });
}

function work(engine: FakeEngine, id: string, prompt: string): void {
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

async function startVoice(engine: FakeEngine): Promise<void> {
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

async function voiceScene(engine: FakeEngine): Promise<void> {
  await startVoice(engine);
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

const ANSWER = `Here is what I found:

1. The test compares **local midnight** with a UTC string.
2. \`formatDate()\` uses the zone of the machine.

| zone | expected | got |
| --- | --- | --- |
| UTC | 2026-11-20 | 2026-11-20 |
| Europe/Lisbon | 2026-11-20 | 2026-11-19 |

\`\`\`ts
const day = new Intl.DateTimeFormat('en-CA', { timeZone: 'UTC' }).format(date); // one very long line to see it scroll
\`\`\`

See [the documentation](https://example.com/).`;

function longHistory(): TimelineEntry[] {
  const turn = sampleTurn({ id: 'old-1', status: 'completed', durationMs: 8_200 });
  const failed = sampleTurn({
    id: 'old-2',
    status: 'failed',
    durationMs: 400,
    error: {
      message: 'The provider refused the key (401).',
      codexErrorInfo: 'unauthorized',
      additionalDetails: null,
    },
  });
  const times = { startedAtMs: null, completedAtMs: null };
  const say = (turnId: string, id: string, text: string): TimelineEntry => ({
    type: 'item',
    position: 0,
    turnId,
    item: {
      ...times,
      id,
      type: 'userMessage',
      clientId: null,
      content: [{ type: 'text', text }],
    },
  });
  return [
    { type: 'turnStarted', position: 0, turn: { ...turn, status: 'inProgress' } },
    say(
      'old-1',
      'u1',
      `Why does the date test fail? Averylongwordwithoutanyspaces${'x'.repeat(140)}`,
    ),
    {
      type: 'item',
      position: 1,
      turnId: 'old-1',
      item: {
        ...times,
        id: 'r1',
        type: 'reasoning',
        summary: ['**Looking at the test**\n\nIt compares a local date with UTC.'],
        content: [],
      },
    },
    {
      type: 'item',
      position: 2,
      turnId: 'old-1',
      item: {
        ...times,
        id: 'm1',
        type: 'agentMessage',
        text: ANSWER,
        phase: 'final_answer',
        memoryCitation: null,
      },
    },
    { type: 'turnCompleted', position: 3, turn },
    {
      type: 'realtime',
      position: 4,
      item: {
        id: 's1',
        realtimeSessionId: 'a',
        type: 'transcriptSegment',
        role: 'user',
        text: 'אפשר גם בעברית, בבקשה?',
      },
    },
    {
      type: 'realtime',
      position: 5,
      item: {
        id: 's2',
        realtimeSessionId: 'a',
        type: 'transcriptSegment',
        role: 'assistant',
        text: 'Of course. I would begin with the first part and then go through every remaining one in turn.',
        heardMs: 2_400,
      },
    },
    {
      type: 'realtime',
      position: 6,
      item: {
        id: 's3',
        realtimeSessionId: 'a',
        type: 'transcriptSegment',
        role: 'user',
        text: '',
        failure: 'the practice model has no speech recogniser.',
      },
    },
    { type: 'turnStarted', position: 7, turn: { ...failed, status: 'inProgress', error: null } },
    say('old-2', 'u2', 'And now with the real model, please.'),
    { type: 'turnCompleted', position: 8, turn: failed },
  ];
}

/** A fake engine that plays one of the scenes the page is looked at with. */
export function createScene(name: string): FakeEngine {
  const recent = { recencyAt: nowS() - 60, modelProvider: 'practice' };
  const engine: FakeEngine = new FakeEngine({
    initialize: () => ({
      userAgent: 'parley/0.1.0',
      codexHome: '/home/you/.parley',
      platformFamily: 'unix',
      platformOs: 'linux',
    }),
    'thread/list': () => ({
      data:
        name === 'first'
          ? []
          : [
              sampleThread({ ...recent, id: threadId, preview: 'Fix the failing date test' }),
              sampleThread({ ...recent, id: 'b', preview: 'Trip to Lisbon' }),
              sampleThread({ id: 'c', recencyAt: nowS() - 90_000, preview: 'Standup notes' }),
              sampleThread({ id: 'd', recencyAt: nowS() - 90_000, preview: 'Quarterly figures' }),
            ],
      nextCursor: null,
      backwardsCursor: null,
    }),
    'model/list': () => ({
      data: [
        {
          id: 'parley-practice',
          model: 'parley-practice',
          displayName: 'Practice',
          description: 'Built in',
          hidden: false,
          isDefault: true,
          supportedReasoningEfforts: [],
          defaultReasoningEffort: 'medium',
          inputModalities: ['text'],
          supportsPersonality: false,
          additionalSpeedTiers: [],
          serviceTiers: [],
          defaultServiceTier: null,
          upgrade: null,
          upgradeInfo: null,
          availabilityNux: null,
        },
      ],
      nextCursor: null,
    }),
    'thread/start': () => sampleStart({ ...recent, id: threadId }),
    'thread/resume': (params) =>
      sampleStart({ ...recent, id: params.threadId, preview: 'Fix the failing date test' }),
    'thread/timeline/list': () => ({
      data: name === 'long' ? longHistory() : [],
      nextCursor: null,
      backwardsCursor: null,
      activeRealtimeSessionAtPageStart: null,
    }),
    'thread/realtime/start': () => {
      if (name === 'fault')
        setTimeout(() => {
          engine.notify('thread/realtime/error', {
            ...here,
            message: 'The voice model refused the key (invalid_api_key).',
            fatal: true,
          });
        }, 100);
      else void voiceScene(engine);
      return {};
    },
    'turn/start': (params) => {
      const input = params.input[0];
      const text = input?.type === 'text' ? input.text : '';
      void answer(engine, text);
      return { turn: sampleTurn({ id: 'typed-1' }) };
    },
  });
  return engine;
}

async function answer(engine: FakeEngine, text: string): Promise<void> {
  const turnId = `typed-${engine.requests.length}`;
  const inTurn = { ...here, turnId };
  const times = { startedAtMs: null, completedAtMs: null };
  engine.notify('turn/started', { ...here, turn: sampleTurn({ id: turnId, startedAt: nowS() }) });
  engine.notify('item/completed', {
    ...inTurn,
    completedAtMs: Date.now(),
    item: {
      ...times,
      type: 'userMessage',
      id: `u-${turnId}`,
      clientId: null,
      content: [{ type: 'text', text }],
    },
  });
  await pause(400);
  const message = {
    ...times,
    type: 'agentMessage' as const,
    id: `m-${turnId}`,
    text: '',
    phase: null,
    memoryCitation: null,
  };
  engine.notify('item/started', { ...inTurn, startedAtMs: Date.now(), item: message });
  for (const delta of ANSWER.split(/(?<= )/u)) {
    engine.notify('item/agentMessage/delta', { ...inTurn, itemId: message.id, delta });
    await pause(8);
  }
  engine.notify('item/completed', {
    ...inTurn,
    completedAtMs: Date.now(),
    item: { ...message, text: ANSWER },
  });
  engine.notify('turn/completed', {
    ...here,
    turn: sampleTurn({ id: turnId, status: 'completed', durationMs: 1_900 }),
  });
}
