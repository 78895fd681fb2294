import {
  type CallerOptions,
  type CallHandlers,
  type CallPeer,
  type OutgoingCall,
  RtcAnswerError,
  RtcCallError,
} from '../../../../realtime/rtc/index.ts';

/** The far end of a call, driven by hand. */
export class FakeCall {
  readonly offerSdp = 'v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n';
  /** The answers that were taken; one that is not SDP is refused, as by a real end. */
  readonly answers: string[] = [];
  closed = 0;
  /** What the machine cannot do calls for. */
  problem: Error | undefined;
  /** How long the offer takes. */
  ready: Promise<void> = Promise.resolve();
  readonly #connected = Promise.withResolvers<void>();
  #handlers: CallHandlers | undefined;
  #source: CallPeer['source'];

  readonly caller = async ({ handlers }: CallerOptions): Promise<OutgoingCall> => {
    if (this.problem !== undefined) throw this.problem;
    await this.ready;
    this.#handlers = handlers;
    const setSource = (source: CallPeer['source']): void => {
      this.#source = source;
    };
    const peer: CallPeer = {
      sendEvent: () => 'taken',
      maxEventBytes: 65_536,
      queuedBytes: 0,
      get source() {
        return undefined;
      },
      set source(source) {
        setSource(source);
      },
      stats: { received: 0, lost: 0, concealed: 0, late: 0, sent: 0, skipped: 0, droppedEvents: 0 },
      restart: async () => '',
      close: async () => {
        this.closed += 1;
      },
    };
    return {
      peer,
      offerSdp: this.offerSdp,
      accept: async (sdp) => {
        if (!sdp.startsWith('v=0')) throw new RtcAnswerError('This is not an SDP answer.');
        this.answers.push(sdp);
      },
      connected: this.#connected.promise,
    };
  };

  connect(): void {
    this.#connected.resolve();
  }

  /** The network leads nowhere. */
  fail(detail: string): void {
    const end = { cause: 'failed', detail } as const;
    this.#connected.reject(new RtcCallError(end));
    this.#handlers?.onClosed(end);
  }

  hangUp(): void {
    this.#handlers?.onClosed({ cause: 'hungUp', detail: 'the far side hung up' });
  }

  /** The next frames that go out, as the clock of a real call would ask for them. */
  spoken(frames: number): readonly (Int16Array | undefined)[] {
    return Array.from({ length: frames }, () => this.#source?.());
  }

  /** True once the file is being spoken. */
  get isOpen(): boolean {
    return this.#source !== undefined;
  }

  hears(samples: Int16Array): void {
    this.#handlers?.onAudio(samples);
  }
}
