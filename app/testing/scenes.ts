import type { TimelineEntry } from '../../core/protocol/index.ts';
import { answerCall } from './callScenes.ts';
import {
  ScriptedEngine,
  FAST_FEATURE,
  sampleModel,
  sampleStart,
  sampleThread,
  sampleTurn,
} from '../../core/protocol/testing/index.ts';
import { playQuestions } from './questionScene.ts';
import { recordingHandlers } from './recordings.ts';
import { playVoice, readAloud } from './voiceScenes.ts';

const threadId = 'thread-1';
const here = { threadId };
const nowS = (): number => Math.floor(Date.now() / 1000);

const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

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
export function createScene(name: string): ScriptedEngine {
  const modelProvider = name === 'fast' ? 'mine' : 'practice';
  const recent = { recencyAt: nowS() - 60, modelProvider };
  const engine: ScriptedEngine = new ScriptedEngine({
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
        name === 'fast'
          ? sampleModel({ additionalSpeedTiers: ['fast'] })
          : sampleModel({ displayName: 'Practice' }),
      ],
      nextCursor: null,
      modelProvider,
    }),
    'experimentalFeature/list': () => ({ data: [FAST_FEATURE], nextCursor: null }),
    'config/read': () => ({ config: {}, origins: {}, layers: null }),
    'config/value/write': () => ({
      status: 'ok',
      version: 'sha256:1',
      filePath: '/home/you/.parley/config.toml',
      overriddenMetadata: null,
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
    ...recordingHandlers(() => engine),
    'thread/realtime/start': ({ transport }) => {
      if (transport?.type === 'webrtc')
        setTimeout(() => {
          void answerCall(engine, name, transport.sdp);
        });
      else if (name === 'fault')
        setTimeout(() => {
          engine.notify('thread/realtime/error', {
            ...here,
            message: 'The voice model refused the key (invalid_api_key).',
            fatal: true,
          });
        }, 100);
      else playVoice(engine, name);
      return {};
    },
    'thread/realtime/appendSpeech': ({ text }) => {
      readAloud(engine, text);
      return {};
    },
    'turn/start': (params) => {
      const input = params.input[0];
      const text = input?.type === 'text' ? input.text : '';
      if (name === 'question') playQuestions(engine);
      else void answer(engine, text);
      return { turn: sampleTurn({ id: 'typed-1' }) };
    },
  });
  return engine;
}

async function answer(engine: ScriptedEngine, text: string): Promise<void> {
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
