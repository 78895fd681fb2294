import type { SessionUpdate } from '../../../realtime/protocol/index.ts';
import { type SessionConfig, sessionUpdate } from '../../../realtime/session/index.ts';
import type { RealtimeWire } from '../../../realtime/transport/index.ts';
import { type Clock, ProductError } from '../../base/index.ts';
import type { ThreadRealtimeStartParams } from '../../protocol/index.ts';
import { Sideband } from './sideband.ts';

/** What a new session talks to: a model, or nobody, because what is said is only written down. */
export type Listener =
  | { readonly kind: 'model'; readonly model: string }
  | { readonly kind: 'transcription' };

/** A new session, or the engine's own way into a call (realtime-v2 §3.1, §16.3). */
export type WireTarget = (Listener | { readonly kind: 'call'; readonly callId: string }) & {
  readonly realtimeSessionId: string;
  readonly signal: AbortSignal;
};

/** What a call is asked for with: the offer as it came, and the session it begins with. */
export type CallRequest = {
  readonly offerSdp: string;
  readonly session: SessionUpdate;
  readonly realtimeSessionId: string;
  readonly signal: AbortSignal;
  /** Told before each further try. */
  readonly onRetry: (attempt: number, cause: string) => void;
};

/** The provider took the call: its id, and its answer as it came. */
export type CreatedCall = { readonly callId: string; readonly answerSdp: string };

/** Calls at the provider (realtime-v2 §16.2). Whoever creates one hangs it up. */
export type CallsPort = {
  /** How often a request for a call is repeated, and so is joining it. */
  readonly maxRetries: number;
  /** Throws a ProductError in plain words. */
  create(request: CallRequest): Promise<CreatedCall>;
  /** Never fails: a call that cannot be hung up ends by itself once nobody is in it. */
  hangUp(callId: string, realtimeSessionId: string): void;
};

type ConnectPorts = {
  readonly clock: Clock;
  readonly connect: (target: WireTarget) => Promise<RealtimeWire>;
  readonly calls: CallsPort;
};

type ConnectTarget = {
  readonly listener: Listener;
  readonly realtimeSessionId: string;
  readonly signal: AbortSignal;
  readonly onRetry: CallRequest['onRetry'];
};

/** A way to the provider that was found, and what clients are told of it. */
export type VoiceConnection = {
  readonly wire: RealtimeWire;
  readonly transport: 'websocket' | 'webrtc' | 'existingCall';
  readonly callId: string | null;
  /** The provider's answer to the offer of a call. */
  readonly answerSdp: string | undefined;
};

/** The provider answered an offer with something that is no answer. */
class BadAnswerError extends ProductError {
  readonly code = 'badAnswer';
  readonly retryable = false;
}

/**
 * Finds the way to the provider that a start asks for. A call that was made here is hung up when its
 * wire closes, whoever closes it. Throws a ProductError in plain words; nothing stays open then.
 */
export async function connectVoice(
  ports: ConnectPorts,
  transport: ThreadRealtimeStartParams['transport'],
  target: ConnectTarget,
  configure: () => SessionConfig,
): Promise<VoiceConnection> {
  const { listener, realtimeSessionId, signal } = target;
  switch (transport?.type) {
    case 'webrtc':
      return call(ports, transport.sdp, target, sessionUpdate(configure()));
    case 'existingCall': {
      const { callId } = transport;
      const sideband = joinCall(ports, callId, target, () => undefined);
      await sideband.joined;
      return { wire: sideband, transport: 'existingCall', callId, answerSdp: undefined };
    }
    case undefined:
    case 'websocket': {
      const wire = await ports.connect({ ...listener, realtimeSessionId, signal });
      return { wire, transport: 'websocket', callId: null, answerSdp: undefined };
    }
  }
}

async function call(
  ports: ConnectPorts,
  offerSdp: string,
  target: ConnectTarget,
  session: SessionUpdate,
): Promise<VoiceConnection> {
  const { listener, ...rest } = target;
  const { realtimeSessionId } = target;
  const { calls } = ports;
  // Dictation names its model with its sound, and no other.
  const named = listener.kind === 'model' ? { ...session, model: listener.model } : session;
  const created = await calls.create({ offerSdp, session: named, ...rest });
  const { callId, answerSdp } = created;
  const hangUp = (): void => {
    calls.hangUp(callId, realtimeSessionId);
  };
  // Whether the answer fits the offer is seen by who made the offer; this is whether it is one.
  if (!answerSdp.startsWith('v=')) {
    hangUp();
    const what = answerSdp.trim() === '' ? 'an empty answer' : 'something that is not SDP';
    throw new BadAnswerError(`The realtime server took the call and sent ${what}`);
  }
  const wire = joinCall(ports, callId, target, hangUp);
  return { wire, transport: 'webrtc', callId, answerSdp };
}

function joinCall(
  { connect, clock, calls }: ConnectPorts,
  callId: string,
  { realtimeSessionId, signal: given }: ConnectTarget,
  onOver: () => void,
): Sideband {
  const sideband = new Sideband({
    clock,
    maxRetries: calls.maxRetries,
    onOver,
    join: async (signal) => connect({ kind: 'call', callId, realtimeSessionId, signal }),
  });
  given.addEventListener('abort', () => {
    sideband.close(1000, 'no longer wanted');
  });
  return sideband;
}
