import { Emitter, type Unsubscribe } from '../../core/base/index.ts';
import {
  CallError,
  type CallEvents,
  type CallState,
  readCallWord,
  type VoiceCall,
} from './voiceCall.ts';

const EVENTS_CHANNEL = 'oai-events';
const ALIVE_LOOKS = 16;
const ALIVE_LOOK_MS = 250;

const STATES: Readonly<Record<RTCPeerConnectionState, CallState>> = {
  new: 'connecting',
  connecting: 'connecting',
  connected: 'connected',
  disconnected: 'disconnected',
  failed: 'failed',
  closed: 'closed',
};

type BrowserCallOptions = {
  /** The microphone; it belongs to the caller and is not stopped with the call. */
  readonly track: MediaStreamTrack;
  /** The far side's sound is there. */
  readonly onSound: (stream: MediaStream) => void;
  readonly onClosed: () => void;
};

/** A call by the browser's RTCPeerConnection. */
export class BrowserCall implements VoiceCall {
  readonly #emitter = new Emitter<CallEvents>((error) => {
    reportError(error);
  });
  readonly #peer: RTCPeerConnection;
  readonly #channel: RTCDataChannel;
  readonly #sender: RTCRtpSender;
  readonly #onClosed: () => void;
  #state: CallState = 'connecting';

  /** Throws `CallError` where there is no WebRTC. */
  constructor({ track, onSound, onClosed }: BrowserCallOptions) {
    this.#onClosed = onClosed;
    try {
      this.#peer = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
    } catch (error) {
      // Also where a policy of the browser has taken the constructor away.
      throw new CallError('unsupported', { cause: error });
    }
    this.#peer.addEventListener('track', ({ track: sound, streams }) => {
      onSound(streams[0] ?? new MediaStream([sound]));
    });
    this.#peer.addEventListener('connectionstatechange', () => {
      this.#move(STATES[this.#peer.connectionState]);
    });
    // Before the first offer, so that both are part of it and no second one is needed.
    this.#sender = this.#peer.addTransceiver(track, { direction: 'sendrecv' }).sender;
    this.#channel = this.#peer.createDataChannel(EVENTS_CHANNEL);
    this.#channel.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      const word = this.#state === 'closed' ? undefined : readCallWord(data);
      if (word !== undefined) this.#emitter.emit('word', word);
    });
    this.#channel.addEventListener('close', () => {
      // The far side hung up, which the connection itself notices half a minute later.
      if (this.#state === 'connected') this.#move('disconnected');
    });
  }

  get state(): CallState {
    return this.#state;
  }

  on<Name extends keyof CallEvents>(
    name: Name,
    listener: (payload: CallEvents[Name]) => void,
  ): Unsubscribe {
    return this.#emitter.on(name, listener);
  }

  async offer(): Promise<string> {
    try {
      await this.#peer.setLocalDescription();
      const sdp = this.#peer.localDescription?.sdp;
      if (sdp === undefined) throw new CallError('offer');
      return sdp;
    } catch (error) {
      throw error instanceof CallError ? error : new CallError('offer', { cause: error });
    }
  }

  async accept(sdp: string): Promise<void> {
    try {
      await this.#peer.setRemoteDescription({ type: 'answer', sdp });
    } catch (error) {
      throw new CallError('answer', { cause: error });
    }
  }

  /** Sends another microphone from now on; needs no new offer. */
  async send(track: MediaStreamTrack): Promise<void> {
    if (this.#state !== 'closed') await this.#sender.replaceTrack(track);
  }

  async isAlive(): Promise<boolean> {
    const before = await this.#received();
    for (let look = 0; look < ALIVE_LOOKS; look += 1) {
      await new Promise((resolve) => {
        setTimeout(resolve, ALIVE_LOOK_MS);
      });
      if (this.#state === 'closed' || this.#state === 'failed') return false;
      if ((await this.#received()) > before) return true;
    }
    return false;
  }

  close(): void {
    if (this.#state === 'closed') return;
    this.#channel.close();
    this.#peer.close();
    this.#move('closed');
    this.#onClosed();
  }

  #move(state: CallState): void {
    if (this.#state === 'closed' || state === this.#state) return;
    this.#state = state;
    this.#emitter.emit('state', state);
  }

  /** Grows with everything the far side sends, its answers to connectivity checks included. */
  async #received(): Promise<number> {
    let sum = 0;
    const stats = await this.#peer.getStats();
    stats.forEach(
      (report: { type: string; bytesReceived?: number; responsesReceived?: number }) => {
        if (report.type === 'candidate-pair')
          sum += (report.bytesReceived ?? 0) + (report.responsesReceived ?? 0);
      },
    );
    return sum;
  }
}
