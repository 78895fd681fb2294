import { CAPTURE_PROCESSOR } from './workletMessages.ts';

// Long enough not to click, short enough to be heard as "at once".
const FADE_S = 0.02;
/** Parley's voice while somebody may be speaking over it: 16 dB down. */
const DUCKED_GAIN = 0.16;

type GraphEvents = {
  readonly onFrame: (frame: Int16Array<ArrayBuffer>) => void;
  readonly onCallFrame: (frame: Int16Array<ArrayBuffer>) => void;
  readonly onParleyFrame: (frame: Int16Array<ArrayBuffer>) => void;
};

/** The far side of a call, on its way through the graph. */
type CallPlayback = {
  readonly source: MediaStreamAudioSourceNode;
  readonly element: HTMLAudioElement;
};

/**
 * Everything that is heard or said, in one Web Audio graph:
 *
 *     microphone ──────────────▶ you ────┬▶ capture (frames)
 *                                        └▶ recording
 *     player (WebSocket) ──────▶ parley ─┬▶ loudspeaker
 *     call ─▶ gate ─┬──────────▶ parley ─┼▶ recording
 *                   │                    └▶ capture (what may come back as an echo)
 *                   └▶ capture (levels of the call)
 */
export class SoundGraph {
  readonly #context: AudioContext;
  readonly #you: GainNode;
  readonly #parley: GainNode;
  readonly #gate: GainNode;
  #microphone: MediaStreamAudioSourceNode | undefined;
  #call: CallPlayback | undefined;

  /** The worklets must have been added to the context, which the player's sound is of. */
  constructor(context: AudioContext, player: AudioNode, events: GraphEvents) {
    this.#context = context;
    this.#you = context.createGain();
    this.#parley = context.createGain();
    this.#gate = context.createGain();
    this.#you.connect(captureNode(context, events.onFrame));
    this.#gate.connect(captureNode(context, events.onCallFrame));
    this.#gate.connect(this.#parley);
    player.connect(this.#parley);
    this.#parley.connect(context.destination);
    this.#parley.connect(captureNode(context, events.onParleyFrame));
  }

  setMicrophone(stream: MediaStream): void {
    const source = this.#context.createMediaStreamSource(stream);
    source.connect(this.#you);
    this.#microphone?.disconnect();
    this.#microphone = source;
  }

  /** Lets a call be heard, instead of the one before. */
  setCall(stream: MediaStream): void {
    this.endCall();
    // Chromium feeds a call into Web Audio only while a media element plays it too.
    const element = new Audio();
    element.muted = true;
    element.srcObject = stream;
    // Refused where sound needs a gesture first; the gesture that started the voice allows it.
    element.play().catch(() => undefined);
    const source = this.#context.createMediaStreamSource(stream);
    source.connect(this.#gate);
    this.#call = { source, element };
  }

  endCall(): void {
    if (this.#call === undefined) return;
    const { source, element } = this.#call;
    this.#call = undefined;
    source.disconnect();
    element.pause();
    element.srcObject = null;
  }

  setCallAudible(isAudible: boolean): void {
    this.#fade(this.#gate, isAudible ? 1 : 0);
  }

  /** Turns Parley's voice down, or up again; of either way. */
  setDucked(isDucked: boolean): void {
    this.#fade(this.#parley, isDucked ? DUCKED_GAIN : 1);
  }

  #fade({ gain }: GainNode, target: number): void {
    const now = this.#context.currentTime;
    gain.cancelScheduledValues(now);
    gain.setValueAtTime(gain.value, now);
    gain.linearRampToValueAtTime(target, now + FADE_S);
  }

  /** Both sides as one stream, until `end` is called. */
  mix(): { readonly stream: MediaStream; readonly end: () => void } {
    const destination = this.#context.createMediaStreamDestination();
    destination.channelCount = 1;
    this.#you.connect(destination);
    this.#parley.connect(destination);
    return {
      stream: destination.stream,
      end: () => {
        if (this.#context.state === 'closed') return;
        this.#you.disconnect(destination);
        this.#parley.disconnect(destination);
      },
    };
  }

  close(): void {
    this.endCall();
    this.#microphone?.disconnect();
    void this.#context.close();
  }
}

function captureNode(
  context: AudioContext,
  onFrame: (frame: Int16Array<ArrayBuffer>) => void,
): AudioWorkletNode {
  const node = new AudioWorkletNode(context, CAPTURE_PROCESSOR, {
    numberOfOutputs: 0,
    channelCount: 1,
    channelCountMode: 'explicit',
  });
  node.port.addEventListener('message', ({ data }: MessageEvent<Int16Array<ArrayBuffer>>) => {
    onFrame(data);
  });
  node.port.start();
  return node;
}
