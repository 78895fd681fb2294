import { type Clock, errorText, type Timer } from '../../../../core/base/index.ts';
import type { OutgoingCall } from '../../../../realtime/rtc/index.ts';
import type { Caller } from '../options.ts';
import type { MediaConnection, MediaEvents } from './mediaConnection.ts';

const FRAME_SAMPLES = 480;
/** What was sent before the provider stopped is still under way then, in its jitter buffer or ours. */
const TAIL_MS = 200;
const ADVICE = 'try --transport websocket';

/**
 * Sound in a WebRTC call of its own, straight to the provider. The call is open all the time, so what
 * belongs to the answer is what comes while the provider says that it can be heard.
 */
export class CallMedia implements MediaConnection {
  readonly transport;
  readonly #call: OutgoingCall;
  readonly #clock: Clock;
  readonly #samples: Int16Array;
  readonly #events: MediaEvents;
  #position = 0;
  #isAudible = false;
  #tail: Timer | undefined;
  #closed = false;

  private constructor(call: OutgoingCall, clock: Clock, samples: Int16Array, events: MediaEvents) {
    this.transport = { type: 'webrtc', sdp: call.offerSdp } as const;
    this.#call = call;
    this.#clock = clock;
    this.#samples = samples;
    this.#events = events;
    // Who waits for the connection says what became of it.
    call.connected.catch(() => undefined);
  }

  /** Makes the offer. `samples` is what is spoken, mono 24 kHz. */
  static async open(
    caller: Caller,
    clock: Clock,
    samples: Int16Array,
    events: MediaEvents,
  ): Promise<CallMedia> {
    // Nothing of a call comes before its offer was answered, so before there is a line.
    const lines: CallMedia[] = [];
    const call = await caller({
      clock,
      handlers: {
        onAudio: (frame) => {
          for (const line of lines) line.#hear(frame);
        },
        // The engine tells what happens in the session, from its own way into the call.
        onEvent: () => undefined,
        onChannelOpen: () => undefined,
        onClosed: ({ cause, detail }) => {
          if (cause === 'closed') return;
          for (const line of lines) line.#problem(`The call ended: ${detail}`);
        },
      },
    });
    const line = new CallMedia(call, clock, samples, events);
    lines.push(line);
    return line;
  }

  begin(): void {
    this.#speakOnceConnected().catch((error: unknown) => {
      this.#problem(`${errorText(error)}; ${ADVICE}.`, error);
    });
  }

  takeAudio(): void {
    // The same sound comes in the call.
  }

  takeAnswer(sdp: string): void {
    this.#call.accept(sdp).catch((error: unknown) => {
      this.#problem(
        `The provider's answer cannot be used: ${errorText(error)} Else ${ADVICE}.`,
        error,
      );
    });
  }

  listen(isAudible: boolean): void {
    this.#tail?.cancel();
    this.#tail = undefined;
    if (isAudible) {
      this.#isAudible = true;
      return;
    }
    this.#tail = this.#clock.after(TAIL_MS, () => {
      this.#isAudible = false;
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#tail?.cancel();
    await this.#call.peer.close();
  }

  async #speakOnceConnected(): Promise<void> {
    await this.#call.connected;
    if (!this.#closed) this.#call.peer.source = () => this.#nextFrame();
  }

  #nextFrame(): Int16Array | undefined {
    const start = this.#position;
    if (start >= this.#samples.length) return undefined;
    this.#position += FRAME_SAMPLES;
    const frame = new Int16Array(FRAME_SAMPLES);
    frame.set(this.#samples.subarray(start, this.#position));
    this.#events.onSpoken(frame);
    if (this.#position >= this.#samples.length) this.#events.onInputOver();
    return frame;
  }

  #hear(frame: Int16Array): void {
    if (this.#isAudible) this.#events.onHeard(frame);
  }

  #problem(message: string, cause?: unknown): void {
    if (!this.#closed) this.#events.onProblem(message, cause);
  }
}
