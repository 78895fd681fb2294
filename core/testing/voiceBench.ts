import type { ParamsOf } from '../protocol/index.ts';
import type { RpcProbe } from './rpcProbe.ts';
import { OFFER_SDP } from './scriptedCalls.ts';
import type { ScriptedRealtimeSession } from './scriptedRealtime.ts';
import type { TestEngine } from './testEngine.ts';

/** A running voice session, seen from both ends. */
export type VoiceBench = {
  readonly probe: RpcProbe;
  readonly threadId: string;
  readonly server: ScriptedRealtimeSession;
};

/** The two ways a conversation travels; what holds of one has to hold of the other. */
export const TRANSPORTS = ['websocket', 'webrtc'] as const;
type Transport = (typeof TRANSPORTS)[number];

type StartParams = Omit<ParamsOf<'thread/realtime/start'>, 'threadId'>;

/** Starts a thread with voice; the session update has arrived at the server by then. */
export async function startVoice(
  engine: TestEngine,
  params: StartParams = { outputModality: 'audio' },
): Promise<VoiceBench> {
  const probe = await engine.client();
  const threadId = await probe.thread();
  return { probe, threadId, server: await talk(engine, probe, threadId, params) };
}

/** Starts voice in a thread, again maybe, and returns the server's end of it. */
export async function talk(
  engine: TestEngine,
  probe: RpcProbe,
  threadId: string,
  params: StartParams = { outputModality: 'audio' },
): Promise<ScriptedRealtimeSession> {
  const nth = engine.realtime.sessions.length + 1;
  const started = probe.all('thread/realtime/started').length + 1;
  await probe.call('thread/realtime/start', { threadId, ...params });
  const server = await engine.realtime.session(nth);
  await server.frame('session.update');
  await probe.notification('thread/realtime/started', started);
  return server;
}

/** The same two, for a conversation that travels this way. */
export function voiceOver(transport: Transport): {
  readonly startVoice: typeof startVoice;
  readonly talk: typeof talk;
} {
  const way: StartParams['transport'] =
    transport === 'webrtc' ? { type: 'webrtc', sdp: OFFER_SDP } : { type: 'websocket' };
  return {
    startVoice: async (engine, params) =>
      startVoice(engine, { outputModality: 'audio', ...params, transport: way }),
    talk: async (engine, probe, threadId, params) =>
      talk(engine, probe, threadId, { outputModality: 'audio', ...params, transport: way }),
  };
}

/** Resolves when everything sent to the server before has been read by it. */
export async function outFence({ probe, threadId, server }: VoiceBench): Promise<void> {
  const text = `fence ${server.frames.length}`;
  await probe.call('thread/realtime/appendText', { threadId, text, role: 'developer' });
  await server.until((frame) => JSON.stringify(frame).includes(text));
}

/** Resolves when everything the server sent before has been told to the client. */
export async function inFence({ probe, server }: VoiceBench): Promise<void> {
  const id = `fence_${probe.mark}`;
  server.send({ type: 'conversation.item.added', item: { id, type: 'message', role: 'system' } });
  await probe.notification('thread/realtime/itemAdded', 1, ({ item }) =>
    JSON.stringify(item).includes(id),
  );
}
