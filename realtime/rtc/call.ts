import { setImmediate as turnOfLoop } from 'node:timers/promises';

import type { RTCDataChannel, RTCDtlsTransport, RTCPeerConnection } from 'werift';

import { type Clock, errorText, sleep, type Timer } from '../../core/base/index.ts';
import type { AudioLine } from './sound/index.ts';
import { type CallEffect, type CallInput, type CallState, newCall, stepCall } from './callState.ts';
import { type FixedIce, limitFlow, sayGoodbye } from './fixes/index.ts';
import { ALIVE, LOOK_EVERY_MS, stepLiveness } from './liveness.ts';
import { Outbox } from './outbox.ts';
import {
  type CallEnd,
  type CallHandlers,
  type CallPeer,
  type CallStats,
  RtcCallError,
  RtcOfferError,
  type SendOutcome,
} from './port.ts';

export const CHANNEL_LABEL = 'oai-events';
export const CONNECT_TIMEOUT_MS = 15_000;
/** For events that are on their way when the call is closed. */
const LAST_EVENTS_LIMIT_MS = 250;
/** For the far side's answer to the closing of the channel. */
const GOODBYE_LIMIT_MS = 150;
const MAX_EVENT_BYTES = 256 * 1024;

export type CallParts = {
  readonly connection: RTCPeerConnection;
  readonly dtls: RTCDtlsTransport;
  readonly ice: FixedIce;
  readonly clock: Clock;
  readonly handlers: CallHandlers;
  readonly connectTimeoutMs: number;
  readonly hasChannel: boolean;
  readonly makeAudio: (call: Call) => AudioLine;
  /** Answers a later offer on this connection. */
  readonly reanswer: (offerSdp: string) => Promise<string>;
};

/** One end of a call, over a connection that has its descriptions or is about to get them. */
export class Call implements CallPeer {
  source: (() => Int16Array | undefined) | undefined;
  readonly #parts: CallParts;
  readonly #audio: AudioLine;
  readonly #connected = Promise.withResolvers<void>();
  readonly #outbox = new Outbox();
  #channel: RTCDataChannel | undefined;
  #maxEventBytes = 0;
  #droppedEvents = 0;
  #liveness = ALIVE;
  #state: CallState;
  #timer: Timer;
  #restarting: Promise<unknown> = Promise.resolve();
  #teardown: Promise<void> | undefined;
  #isAbandoned = false;

  constructor(parts: CallParts) {
    this.#parts = parts;
    this.#state = newCall(parts.hasChannel);
    if (!parts.hasChannel) this.#outbox.close();
    this.#audio = parts.makeAudio(this);
    // Not everybody waits for it.
    this.#connected.promise.catch(() => undefined);
    this.#watch();
    this.#timer = parts.clock.after(parts.connectTimeoutMs, () => {
      this.#end('failed', `not connected within ${parts.connectTimeoutMs / 1000} s`);
    });
  }

  /** Media and channel are up; rejects with `RtcCallError` when the call ends before that. */
  get connected(): Promise<void> {
    return this.#connected.promise;
  }

  get maxEventBytes(): number {
    return this.#maxEventBytes;
  }

  get queuedBytes(): number {
    return this.#outbox.queuedBytes;
  }

  get stats(): CallStats {
    return { ...this.#audio.counts, droppedEvents: this.#droppedEvents };
  }

  /** What the far side's description says of its channel. */
  limitEvents(maxMessageBytes: number): void {
    this.#maxEventBytes = Math.min(maxMessageBytes, MAX_EVENT_BYTES);
  }

  sendEvent(text: string, onSent?: () => void): SendOutcome {
    if (this.#state.kind === 'ended') return 'closed';
    const outcome = this.#outbox.send(text, this.#maxEventBytes, () => {
      if (this.#state.kind !== 'ended') onSent?.();
    });
    if (outcome === 'tooLarge' || outcome === 'queueFull') this.#droppedEvents += 1;
    return outcome;
  }

  restart(offerSdp: string): Promise<string> {
    const answering = this.#restarting.then(async () => {
      if (this.#state.kind === 'ended') throw new RtcOfferError('The call is over.');
      return this.#parts.reanswer(offerSdp);
    });
    this.#restarting = answering.catch(() => undefined);
    return answering;
  }

  close(): Promise<void> {
    this.#end('closed', 'closed by this side');
    return this.#teardown ?? Promise.resolve();
  }

  /** Frees everything and tells nobody, for a call that nobody has been given. */
  async abandon(): Promise<void> {
    this.#isAbandoned = true;
    this.fail('never begun');
    await this.#teardown;
  }

  /** The call cannot go on. */
  fail(detail: string): void {
    this.#end('failed', detail);
  }

  /** Takes `oai-events`, made by either side; any other channel is left alone. */
  adopt(channel: RTCDataChannel): void {
    if (this.#channel !== undefined || channel.label !== CHANNEL_LABEL) return;
    this.#channel = channel;
    channel.bufferedAmountLowThreshold = 0;
    channel.bufferedAmountLow.subscribe(() => {
      this.#outbox.drained();
    });
    channel.onMessage.subscribe((data) => {
      if (this.#state.kind !== 'ended') this.#parts.handlers.onEvent(data.toString('utf8'));
    });
    channel.stateChanged.subscribe((state) => {
      if (state === 'open') this.#take({ kind: 'channelUp' });
      else if (state !== 'connecting') this.#end('hungUp', 'the far side closed the channel');
    });
  }

  #watch(): void {
    const { connection, dtls } = this.#parts;
    connection.onDataChannel.subscribe((channel) => {
      this.adopt(channel);
    });
    dtls.onRtp.subscribe((packet) => {
      this.#audio.receive(packet);
    });
    dtls.onStateChange.subscribe((state) => {
      if (state === 'connected') this.#take({ kind: 'mediaUp' });
      if (state === 'closed') this.#end('hungUp', 'the far side hung up');
      if (state === 'failed') this.#end('failed', 'no keys could be agreed on');
    });
    connection.connectionStateChange.subscribe((state) => {
      // Later on, silence decides: an ICE restart may fail and leave a path that works.
      if (state === 'failed' && this.#state.kind === 'connecting') {
        this.#end('failed', 'no path to the far side was found');
      }
    });
  }

  #end(cause: CallEnd['cause'], detail: string): void {
    this.#take({ kind: 'end', end: { cause, detail } });
  }

  #take(input: CallInput): void {
    const { state, effects } = stepCall(this.#state, input);
    this.#state = state;
    for (const effect of effects) this.#run(effect);
  }

  #run(effect: CallEffect): void {
    const { clock, handlers } = this.#parts;
    switch (effect) {
      case 'startMedia':
        this.#audio.start();
        return;
      case 'tellChannelOpen':
        this.#openOutbox();
        handlers.onChannelOpen();
        return;
      case 'tellConnected':
        this.#timer.cancel();
        this.#timer = clock.after(LOOK_EVERY_MS, this.#look);
        this.#connected.resolve();
        return;
      case 'tellEnd':
        this.#stop();
    }
  }

  #openOutbox(): void {
    const channel = this.#channel;
    if (channel === undefined) return;
    const flow = limitFlow(channel.sctp, () => {
      this.#outbox.resume();
    });
    this.#outbox.open({
      get isFull() {
        return flow.isFull;
      },
      send: (text) => {
        channel.send(text);
      },
    });
  }

  readonly #look = (): void => {
    const { clock, ice } = this.#parts;
    const { state, effect } = stepLiveness(this.#liveness, ice.heard());
    this.#liveness = state;
    if (effect === 'gone') {
      this.#end('vanished', 'nothing came from the far side for 3 s');
      return;
    }
    if (effect === 'ask') ice.ask();
    this.#timer = clock.after(LOOK_EVERY_MS, this.#look);
  };

  #stop(): void {
    if (this.#state.kind !== 'ended') return;
    const { end } = this.#state;
    this.#timer.cancel();
    this.#audio.stop();
    this.#teardown = this.#leave(end.cause === 'closed');
    this.#connected.reject(new RtcCallError(end));
    if (!this.#isAbandoned) this.#parts.handlers.onClosed(end);
  }

  async #leave(isOurDoing: boolean): Promise<void> {
    const { connection, dtls } = this.#parts;
    try {
      if (isOurDoing) {
        if (this.#outbox.queuedBytes > 0) {
          await this.#within(LAST_EVENTS_LIMIT_MS, this.#outbox.idle());
        }
        await this.#within(GOODBYE_LIMIT_MS, this.#closeChannel());
        await sayGoodbye(dtls);
        // A datagram leaves in the turn after the one that sends it.
        await turnOfLoop();
      }
    } finally {
      this.#outbox.close();
      await connection.close();
    }
  }

  /** Resolves once the far side has everything and has closed its end too. */
  async #closeChannel(): Promise<void> {
    const channel = this.#channel;
    if (channel === undefined || channel.readyState !== 'open') return;
    const { promise, resolve } = Promise.withResolvers<void>();
    channel.stateChanged.subscribe((state) => {
      if (state === 'closed') resolve();
    });
    channel.close();
    await promise;
  }

  async #within(limitMs: number, work: Promise<void>): Promise<void> {
    const abort = new AbortController();
    await Promise.race([work, sleep(this.#parts.clock, limitMs, abort.signal)]);
    abort.abort();
  }
}

/** The words for a fault of whoever provides the sound. */
export const sourceFault = (error: unknown): string =>
  `the source of sound failed: ${errorText(error)}`;
