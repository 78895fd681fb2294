import { randomInt } from 'node:crypto';

import { RtpHeader, RtpPacket, type RTCRtpSender } from 'werift';

import type { Clock, Timer } from '../../../core/base/index.ts';
import type { FrameDecoder, FrameEncoder } from './opus.ts';
import { startPacer, stepPacer } from './pacer.ts';
import { type Piece, type ReceiveResult, SILENT, stepReceive } from './jitterBuffer.ts';

const TICKS_PER_FRAME = 960;

export type AudioLineOptions = {
  readonly sender: Pick<RTCRtpSender, 'sendRtp'>;
  readonly encoder: FrameEncoder;
  readonly decoder: FrameDecoder;
  readonly payloadType: number;
  readonly clock: Clock;
  readonly nextFrame: () => Int16Array | undefined;
  readonly onAudio: (samples: Int16Array) => void;
  /** `nextFrame` threw, or gave something else than 480 samples; the line has stopped. */
  readonly onFault: (error: unknown) => void;
  /** Where the numbering of packets begins; random unless told (RFC 3550 §5.1). */
  readonly firstSequence?: number;
};

type Counts = {
  received: number;
  lost: number;
  concealed: number;
  late: number;
  sent: number;
  skipped: number;
};

/** The sound of a call: frames out by the clock, packets in as frames. Frees its codecs on `stop`. */
export class AudioLine {
  readonly counts: Counts = { received: 0, lost: 0, concealed: 0, late: 0, sent: 0, skipped: 0 };
  readonly #options: AudioLineOptions;
  #sequence: number;
  #timestamp = randomInt(0x1_0000_0000);
  #pacer = startPacer(0);
  #timer: Timer | undefined;
  #receiving = SILENT;
  #ssrc: number | undefined;
  #isStopped = false;

  constructor(options: AudioLineOptions) {
    this.#options = options;
    this.#sequence = options.firstSequence ?? randomInt(0x1_0000);
  }

  start(): void {
    if (this.#isStopped || this.#timer !== undefined) return;
    this.#pacer = startPacer(this.#options.clock.nowMs());
    this.#pace();
  }

  /** Packets of other payload types are passed over. */
  receive({ header, payload }: RtpPacket): void {
    if (this.#isStopped || header.payloadType !== this.#options.payloadType) return;
    // Another source is another stream with a numbering of its own.
    if (header.ssrc !== this.#ssrc) this.#receiving = SILENT;
    this.#ssrc = header.ssrc;
    const { sequenceNumber: sequence, timestamp } = header;
    const packet = { sequence, timestamp, payload };
    const result = stepReceive(this.#receiving, { kind: 'packet', packet });
    this.counts.received += 1 - result.late;
    this.#play(result);
  }

  stop(): void {
    if (this.#isStopped) return;
    this.#isStopped = true;
    this.#timer?.cancel();
    this.#options.encoder.free();
    this.#options.decoder.free();
  }

  readonly #pace = (): void => {
    const { clock } = this.#options;
    const { state, send, skip, waitMs } = stepPacer(this.#pacer, clock.nowMs());
    this.#pacer = state;
    this.#timer = clock.after(waitMs, this.#pace);
    // The far side's time goes on during a stall; what was to be said then is said later.
    this.counts.skipped += skip;
    this.#timestamp += skip * TICKS_PER_FRAME;
    if (send > 0) this.#play(stepReceive(this.#receiving, { kind: 'tick', frames: send }));
    for (let frame = 0; frame < send && !this.#isStopped; frame += 1) this.#sendFrame();
  };

  #sendFrame(): void {
    const { encoder, nextFrame, onFault, payloadType, sender } = this.#options;
    let encoded: Uint8Array;
    try {
      const samples = nextFrame();
      // Whoever was asked may have ended the call.
      if (this.#isStopped) return;
      encoded = encoder.encode(samples);
    } catch (error) {
      this.stop();
      onFault(error);
      return;
    }
    const header = new RtpHeader({
      payloadType,
      sequenceNumber: this.#sequence & 0xffff,
      timestamp: this.#timestamp >>> 0,
      marker: this.counts.sent === 0,
    });
    this.#sequence += 1;
    this.#timestamp += TICKS_PER_FRAME;
    this.counts.sent += 1;
    // What cannot be sent now is of no use later; that the path is gone is found out by silence.
    sender.sendRtp(new RtpPacket(header, Buffer.from(encoded))).catch(() => undefined);
  }

  #play(result: ReceiveResult): void {
    this.#receiving = result.state;
    this.counts.lost += result.lost;
    this.counts.late += result.late;
    for (const piece of result.pieces) {
      if (this.#isStopped) return;
      if (isMadeUp(piece)) this.counts.concealed += 1;
      this.#options.decoder.decode(piece, (samples) => {
        if (!this.#isStopped) this.#options.onAudio(samples);
      });
    }
  }
}

const isMadeUp = ({ kind }: Piece): boolean => kind === 'concealed' || kind === 'recovered';
