import { ManualClock } from '../../core/base/testing/index.ts';
import { encodePcm } from '../media/index.ts';
import { Assistant, type Frames } from '../state/index.ts';
import {
  type EngineHandlers,
  ScriptedEngine,
  sampleStart,
  sampleThread,
  sampleTurn,
} from '../../core/protocol/testing/index.ts';
import { bridgeTo } from './engineBridge.ts';
import { FakeMedia } from './fakeMedia.ts';
import { quickFrames } from './manualFrames.ts';
import { waitFor } from './waitFor.ts';

export const threadId = 'thread-1';

const SETTINGS = 'parley.settings';

/** Talks over WebSocket where the test does not choose a connection. */
function memoryStorage(kept: Record<string, string> = {}): Pick<Storage, 'getItem' | 'setItem'> {
  const given: unknown = JSON.parse(kept[SETTINGS] ?? '{}');
  const settings: object = typeof given === 'object' && given !== null ? given : {};
  const values = new Map(Object.entries(kept));
  values.set(SETTINGS, JSON.stringify({ connection: 'websocket', ...settings }));
  return {
    getItem: (key) => values.get(key) ?? null,
    setItem: (key, value) => {
      values.set(key, value);
    },
  };
}

/** typed-1, typed-2, … */
function countedIds(): () => string {
  let made = 0;
  return () => {
    made += 1;
    return `typed-${made}`;
  };
}

export type ReadyAssistant = {
  readonly engine: ScriptedEngine;
  readonly media: FakeMedia;
  readonly clock: ManualClock;
  /** Where the browser would say that the network is back. */
  readonly network: EventTarget;
  readonly assistant: Assistant;
};

/** An assistant that is connected and has read its list; give what the engine should answer otherwise. */
export async function readyAssistant(
  kept: Record<string, string> = {},
  handlers: EngineHandlers = {},
  frames: Frames = quickFrames,
): Promise<ReadyAssistant> {
  const engine = new ScriptedEngine({
    initialize: () => ({
      userAgent: 'parley',
      codexHome: '/home/someone/.parley',
      platformFamily: 'unix',
      platformOs: 'linux',
    }),
    'model/list': () => ({ data: [], nextCursor: null }),
    'experimentalFeature/list': () => ({ data: [], nextCursor: null }),
    'config/read': () => ({ config: {}, origins: {}, layers: null }),
    'thread/list': () => ({
      data: [sampleThread({ id: 'old', preview: 'Old words' })],
      nextCursor: null,
      backwardsCursor: null,
    }),
    'thread/start': () => sampleStart({ id: threadId }),
    'thread/resume': (params) => sampleStart({ id: params.threadId }),
    'thread/timeline/list': () => ({
      data: [],
      nextCursor: null,
      backwardsCursor: null,
      activeRealtimeSessionAtPageStart: null,
    }),
    'turn/start': () => ({ turn: sampleTurn() }),
    'thread/realtime/recording/append': () => ({ sizeBytes: 0 }),
    ...handlers,
  });
  const media = new FakeMedia();
  const clock = new ManualClock();
  const network = new EventTarget();
  const assistant = new Assistant({
    bridge: bridgeTo(engine),
    clock,
    makeId: countedIds(),
    frames,
    storage: memoryStorage(kept),
    createMedia: () => media,
    language: 'en-GB',
    networkEvents: network,
  });
  await assistant.link.connect();
  await waitFor(assistant.threads, ({ rows }) => rows.length > 0);
  return { engine, media, clock, network, assistant };
}

/** What the engine says when a voice session runs. */
export const started = {
  threadId,
  sessionId: 's',
  realtimeSessionId: 's',
  version: 'v2',
  modelProvider: 'practice',
};

/** The same with a voice session that runs. */
export async function talkingAssistant(
  kept: Record<string, string> = {},
  handlers: EngineHandlers = {},
): Promise<ReadyAssistant> {
  const parts = await readyAssistant(kept, handlers);
  await parts.assistant.voice.start();
  parts.engine.notify('thread/realtime/started', started);
  await waitFor(parts.assistant.voice.state, ({ phase }) => phase === 'live');
  return parts;
}

/** The same in a call whose sound has found its way. */
export async function callingAssistant(
  kept: Record<string, unknown> = {},
  handlers: EngineHandlers = {},
): Promise<ReadyAssistant> {
  const settings = { connection: 'auto', ...kept };
  const parts = await readyAssistant({ [SETTINGS]: JSON.stringify(settings) }, handlers);
  await parts.assistant.voice.start();
  await joinCall(parts);
  await waitFor(parts.assistant.voice.state, ({ phase }) => phase === 'live');
  return parts;
}

/** The engine answers the latest offer, and the two sides find each other. */
export async function joinCall({ engine, media, assistant }: ReadyAssistant): Promise<void> {
  const { link } = assistant.voice;
  await waitFor(link, ({ phase }) => phase === 'asking');
  // As on the wire, the engine's "understood" comes before anything of the new session.
  await new Promise((resolve) => {
    setTimeout(resolve);
  });
  engine.notify('thread/realtime/started', { ...started, transport: 'webrtc', callId: 'call-1' });
  engine.notify('thread/realtime/sdp', { threadId, sdp: 'answer' });
  await waitFor(link, ({ phase }) => phase === 'joining');
  media.calls.at(-1)?.become('connected');
}

/** So many milliseconds of an answer's sound arrive. */
export function say(engine: ScriptedEngine, itemId: string, responseId: string, ms: number): void {
  engine.notify('thread/realtime/outputAudio/delta', {
    threadId,
    audio: {
      data: encodePcm(new Int16Array(24 * ms)),
      sampleRate: 24_000,
      numChannels: 1,
      samplesPerChannel: 24 * ms,
      itemId,
      responseId,
    },
  });
}
