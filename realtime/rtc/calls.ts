import { randomUUID } from 'node:crypto';
import { networkInterfaces } from 'node:os';

import { MediaStream, RTCPeerConnection, RTCRtpCodecParameters } from 'werift';

import { errorText } from '../../core/base/index.ts';
import { answerProblem, channelOf, offerProblem } from '../protocol/index.ts';
import {
  AudioLine,
  createFrameDecoder,
  createFrameEncoder,
  type FrameDecoder,
  type FrameEncoder,
} from './sound/index.ts';
import { Call, CHANNEL_LABEL, CONNECT_TIMEOUT_MS, sourceFault } from './call.ts';
import {
  fingerprintsOf,
  localAddresses,
  opusPayloadType,
  shownAddresses,
  withoutCandidates,
  withPlainCandidates,
} from './candidates.ts';
import {
  answerAsServer,
  containFaults,
  type FixedIce,
  fixIce,
  passOverRepeatedVerify,
  skipUsedRecordNumbers,
  startRestartedIce,
} from './fixes/index.ts';
import {
  type AnsweredCall,
  type AnswerOptions,
  type CallerOptions,
  type CallOptions,
  type IceServer,
  type OutgoingCall,
  RtcAnswerError,
  RtcOfferError,
} from './port.ts';

/** What browsers call Opus in their offers. */
const USUAL_PAYLOAD_TYPE = 111;
/** A browser's own limit; pictures inside events may need it. */
const MAX_MESSAGE_BYTES = 256 * 1024;
const STUN_TIMEOUT_S = 2;

type Codecs = { readonly encoder: FrameEncoder; readonly decoder: FrameDecoder };

type Setup = CallOptions & {
  readonly addresses: readonly string[];
  readonly sameMachine: boolean;
  readonly iceServers: readonly IceServer[];
  readonly payloadType: number;
  readonly hasChannel: boolean;
  /** The far side's description as far as it is believed. */
  readonly trim: (sdp: string) => string;
};

/**
 * Answers a browser's offer. The answer holds all candidates; the page's address is learned from its
 * own first check, so that nobody is asked and nothing is sent to an address that is merely claimed.
 * Throws `RtcOfferError` when the offer cannot be used; nothing stays open then, and no handler is called.
 */
export function answerOffer(offerSdp: string, options: AnswerOptions): Promise<AnsweredCall> {
  const far = { sameMachine: options.sameMachine, addresses: shownAddresses(offerSdp) };
  return answerAt(localAddresses(networkInterfaces(), far), offerSdp, options);
}

/** `answerOffer`, to be reached at these addresses of this machine. */
export async function answerAt(
  addresses: readonly string[],
  offerSdp: string,
  options: AnswerOptions,
): Promise<AnsweredCall> {
  const problem = offerProblem(offerSdp);
  if (problem !== undefined) throw new RtcOfferError(problem);
  const channel = channelOf(offerSdp);
  const setup: Setup = {
    ...options,
    addresses,
    iceServers: [],
    payloadType: opusPayloadType(offerSdp),
    hasChannel: channel !== undefined,
    trim: withoutCandidates,
  };
  const codecs = await openCodecs();
  const connection = openConnection(setup);
  let call: Call | undefined;
  try {
    await connection.setRemoteDescription({ type: 'offer', sdp: setup.trim(offerSdp) });
    for (const dtls of connection.dtlsTransports) answerAsServer(dtls);
    call = await equip(connection, codecs, setup, fingerprintsOf(offerSdp));
    call.limitEvents(channel?.maxMessageBytes ?? 0);
    return { peer: call, answerSdp: await describe(connection, 'answer') };
  } catch (error) {
    await discard(connection, codecs, call);
    throw new RtcOfferError(`The SDP offer cannot be used: ${errorText(error)}`, { cause: error });
  }
}

/**
 * Begins a call: `offerSdp`, with all candidates, is for the far side, whose answer goes to `accept`.
 * No STUN or TURN server is asked but those of `iceServers`.
 */
export function createCaller(options: CallerOptions): Promise<OutgoingCall> {
  const far = { sameMachine: false, addresses: [] };
  return callFrom(localAddresses(networkInterfaces(), far), options);
}

/** `createCaller`, to be reached at these addresses of this machine. */
export async function callFrom(
  addresses: readonly string[],
  options: CallerOptions,
): Promise<OutgoingCall> {
  const setup: Setup = {
    ...options,
    addresses,
    sameMachine: false,
    iceServers: options.iceServers ?? [],
    payloadType: USUAL_PAYLOAD_TYPE,
    hasChannel: true,
    trim: withPlainCandidates,
  };
  const codecs = await openCodecs();
  const connection = openConnection(setup);
  let call: Call | undefined;
  try {
    connection.addTransceiver('audio', { direction: 'sendrecv' });
    const channel = connection.createDataChannel(CHANNEL_LABEL);
    const opened = await equip(connection, codecs, setup, undefined);
    call = opened;
    opened.adopt(channel);
    const offerSdp = await describe(connection, 'offer');
    const accept = takeAnswer(connection, opened, setup);
    return { peer: opened, offerSdp, accept, connected: opened.connected };
  } catch (error) {
    await discard(connection, codecs, call);
    throw error;
  }
}

function takeAnswer(
  connection: RTCPeerConnection,
  call: Call,
  setup: Setup,
): (answerSdp: string) => Promise<void> {
  let isAnswered = false;
  return async (answerSdp) => {
    if (isAnswered) throw new RtcAnswerError('This call has been answered already.');
    isAnswered = true;
    try {
      const problem = answerProblem(answerSdp);
      if (problem !== undefined) throw new RtcAnswerError(problem);
      call.limitEvents(channelOf(answerSdp)?.maxMessageBytes ?? 0);
      await connection.setRemoteDescription({ type: 'answer', sdp: setup.trim(answerSdp) });
    } catch (error) {
      call.fail(errorText(error));
      if (error instanceof RtcAnswerError) throw error;
      const reason = `The SDP answer cannot be used: ${errorText(error)}`;
      throw new RtcAnswerError(reason, { cause: error });
    }
  };
}

async function openCodecs(): Promise<Codecs> {
  const encoder = await createFrameEncoder();
  try {
    return { encoder, decoder: await createFrameDecoder() };
  } catch (error) {
    encoder.free();
    throw error;
  }
}

function openConnection(setup: Setup): RTCPeerConnection {
  const opus = new RTCRtpCodecParameters({
    mimeType: 'audio/opus',
    clockRate: 48_000,
    channels: 2,
    payloadType: setup.payloadType,
    parameters: 'minptime=10;useinbandfec=1',
  });
  return new RTCPeerConnection({
    iceServers: setup.iceServers.map((server) => ({ ...server })),
    iceLite: setup.sameMachine,
    iceUseTcp: false,
    iceStunGatherTimeout: STUN_TIMEOUT_S,
    bundlePolicy: 'max-bundle',
    maxMessageSize: MAX_MESSAGE_BYTES,
    codecs: { audio: [opus], video: [] },
  });
}

/** Mends a connection that knows its lines but has gathered nothing yet, and makes a call of it. */
async function equip(
  connection: RTCPeerConnection,
  codecs: Codecs,
  setup: Setup,
  fingerprints: string | undefined,
): Promise<Call> {
  const transceiver = connection.getTransceivers().find(({ kind }) => kind === 'audio');
  const [dtls, ...others] = connection.dtlsTransports;
  if (transceiver === undefined || dtls === undefined) throw new Error('it has no audio');
  if (others.length > 0) throw new Error('its lines must share one transport (BUNDLE)');
  transceiver.setDirection('sendrecv');
  // Pages take the sound from the first stream of their `track` event, so there must be one.
  transceiver.sender.setStreams([new MediaStream({ id: randomUUID() })]);
  const ice = fixIce(dtls, { ...setup, hasServers: setup.iceServers.length > 0 });
  skipUsedRecordNumbers(dtls);
  passOverRepeatedVerify(dtls);
  const { clock, handlers, payloadType, hasChannel } = setup;
  const call: Call = new Call({
    connection,
    dtls,
    ice,
    clock,
    handlers,
    hasChannel,
    connectTimeoutMs: setup.connectTimeoutMs ?? CONNECT_TIMEOUT_MS,
    makeAudio: (owner) =>
      new AudioLine({
        ...codecs,
        clock,
        payloadType,
        sender: transceiver.sender,
        nextFrame: () => owner.source?.(),
        onAudio: (samples) => {
          handlers.onAudio(samples);
        },
        onFault: (error) => {
          owner.fail(sourceFault(error));
        },
      }),
    reanswer: (offerSdp) => answerAgain(connection, ice, setup, offerSdp, fingerprints),
  });
  const { sctp } = connection;
  if (sctp !== null) {
    containFaults(sctp, (error) => {
      call.fail(`the channel broke the rules: ${errorText(error)}`);
    });
  }
  return call;
}

async function describe(connection: RTCPeerConnection, type: 'offer' | 'answer'): Promise<string> {
  const own = type === 'offer' ? await connection.createOffer() : await connection.createAnswer();
  await connection.setLocalDescription(own);
  const { localDescription } = connection;
  if (localDescription === null) throw new Error('there is no description');
  return localDescription.sdp;
}

async function answerAgain(
  connection: RTCPeerConnection,
  ice: FixedIce,
  setup: Setup,
  offerSdp: string,
  fingerprints: string | undefined,
): Promise<string> {
  const problem = offerProblem(offerSdp);
  if (problem !== undefined) throw new RtcOfferError(problem);
  if (fingerprints !== undefined && fingerprintsOf(offerSdp) !== fingerprints) {
    throw new RtcOfferError('The SDP offer is of another connection than this call.');
  }
  try {
    ice.keepPath();
    await connection.setRemoteDescription({ type: 'offer', sdp: setup.trim(offerSdp) });
    const answer = await describe(connection, 'answer');
    startRestartedIce(connection);
    return answer;
  } catch (error) {
    await connection.setRemoteDescription({ type: 'rollback', sdp: '' }).catch(() => undefined);
    throw new RtcOfferError(`The SDP offer cannot be used: ${errorText(error)}`, { cause: error });
  }
}

async function discard(
  connection: RTCPeerConnection,
  { encoder, decoder }: Codecs,
  call: Call | undefined,
): Promise<void> {
  await call?.abandon();
  encoder.free();
  decoder.free();
  await connection.close();
}
