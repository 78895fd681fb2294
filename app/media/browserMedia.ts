import { Emitter, type Unsubscribe } from '../../core/base/index.ts';
// oxlint-disable-next-line import/default -- Vite makes the default export of a `?url` import
import captureUrl from './capture.worklet.ts?worker&url';
import { SAMPLE_RATE_HZ, samplesToMs } from './pcm.ts';
// oxlint-disable-next-line import/default -- Vite makes the default export of a `?url` import
import playbackUrl from './playback.worklet.ts?worker&url';
import {
  type MediaEvents,
  type Microphone,
  MicrophoneError,
  type PlayPosition,
  type VoiceMedia,
} from './voiceMedia.ts';
import {
  CAPTURE_PROCESSOR,
  PLAYBACK_PROCESSOR,
  type PlayerCommand,
  type PlayerReport,
} from './workletMessages.ts';

const CLEAR_TIMEOUT_MS = 200;

type Graph = {
  readonly context: AudioContext;
  readonly capture: AudioWorkletNode;
  readonly player: AudioWorkletNode;
};

/** Microphone and loudspeaker by Web Audio: both worklets in one context of 24 kHz. */
export class BrowserMedia implements VoiceMedia {
  readonly #emitter = new Emitter<MediaEvents>((error) => {
    reportError(error);
  });
  readonly #waiting = new Map<number, (position: PlayPosition) => void>();
  #graph: Graph | undefined;
  #stream: MediaStream | undefined;
  #source: MediaStreamAudioSourceNode | undefined;
  #ticket = 0;
  #closed = false;
  #last: PlayPosition = { playedMs: new Map(), playing: false, underruns: 0 };

  on<Name extends keyof MediaEvents>(
    name: Name,
    listener: (payload: MediaEvents[Name]) => void,
  ): Unsubscribe {
    return this.#emitter.on(name, listener);
  }

  async open(microphoneId: string | null): Promise<Microphone> {
    // Made in the same task as the key press: browsers start sound only after a gesture.
    const context = new AudioContext({ sampleRate: SAMPLE_RATE_HZ, latencyHint: 'interactive' });
    try {
      const [stream] = await Promise.all([
        openMicrophone(microphoneId),
        context.audioWorklet.addModule(captureUrl),
        context.audioWorklet.addModule(playbackUrl),
      ]);
      if (this.#closed) {
        stopStream(stream);
        throw new MicrophoneError('busy');
      }
      this.#graph = this.#build(context);
      void context.resume();
      return this.#attach(this.#graph, stream);
    } catch (error) {
      void context.close();
      throw error;
    }
  }

  async swap(microphoneId: string | null): Promise<Microphone> {
    const stream = await openMicrophone(microphoneId);
    const graph = this.#graph;
    if (graph === undefined || this.#closed) {
      stopStream(stream);
      throw new MicrophoneError('busy');
    }
    return this.#attach(graph, stream);
  }

  play(itemId: string, samples: Int16Array<ArrayBuffer>): void {
    this.#command({ type: 'push', itemId, samples }, [samples.buffer]);
  }

  clear(): Promise<PlayPosition> {
    const { promise, resolve } = Promise.withResolvers<PlayPosition>();
    this.#ticket += 1;
    const ticket = this.#ticket;
    const timer = setTimeout(() => {
      this.#settle(ticket, this.#last);
    }, CLEAR_TIMEOUT_MS);
    this.#waiting.set(ticket, (position) => {
      clearTimeout(timer);
      resolve(position);
    });
    if (this.#graph === undefined) this.#settle(ticket, this.#last);
    else this.#command({ type: 'clear', ticket }, []);
    return promise;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const ticket of Array.from(this.#waiting.keys())) this.#settle(ticket, this.#last);
    stopStream(this.#stream);
    this.#source?.disconnect();
    void this.#graph?.context.close();
    this.#graph = undefined;
  }

  #build(context: AudioContext): Graph {
    const capture = new AudioWorkletNode(context, CAPTURE_PROCESSOR, {
      numberOfOutputs: 0,
      channelCount: 1,
      channelCountMode: 'explicit',
    });
    capture.port.addEventListener('message', ({ data }: MessageEvent<Int16Array<ArrayBuffer>>) => {
      if (!this.#closed) this.#emitter.emit('frame', data);
    });
    capture.port.start();
    const player = new AudioWorkletNode(context, PLAYBACK_PROCESSOR, {
      numberOfInputs: 0,
      outputChannelCount: [1],
    });
    player.port.addEventListener('message', ({ data }: MessageEvent<PlayerReport>) => {
      this.#report(context, data);
    });
    player.port.start();
    player.connect(context.destination);
    return { context, capture, player };
  }

  #attach(graph: Graph, stream: MediaStream): Microphone {
    const source = graph.context.createMediaStreamSource(stream);
    source.connect(graph.capture);
    this.#source?.disconnect();
    stopStream(this.#stream);
    this.#source = source;
    this.#stream = stream;
    const track = stream.getAudioTracks()[0];
    track?.addEventListener('ended', () => {
      if (!this.#closed && this.#stream === stream) this.#emitter.emit('microphoneLost', undefined);
    });
    return { id: track?.getSettings().deviceId ?? '', label: track?.label ?? '' };
  }

  #command(command: PlayerCommand, transfer: Transferable[]): void {
    this.#graph?.player.port.postMessage(command, transfer);
  }

  #report(context: AudioContext, report: PlayerReport): void {
    if (this.#closed) return;
    // What left the worklet is still on its way to the ear; that matters where the sound was cut.
    const lagMs = report.ticket === undefined ? 0 : context.outputLatency * 1000;
    const playedMs = new Map<string, number>();
    for (const [itemId, samples] of report.played)
      playedMs.set(itemId, Math.max(0, samplesToMs(samples) - lagMs));
    this.#last = {
      playedMs,
      playing: report.playing,
      underruns: report.underruns,
    };
    if (report.ticket !== undefined) this.#settle(report.ticket, this.#last);
    this.#emitter.emit('position', this.#last);
  }

  #settle(ticket: number, position: PlayPosition): void {
    this.#waiting.get(ticket)?.(position);
    this.#waiting.delete(ticket);
  }
}

function stopStream(stream: MediaStream | undefined): void {
  for (const track of stream?.getTracks() ?? []) track.stop();
}

async function openMicrophone(microphoneId: string | null): Promise<MediaStream> {
  // Absent outside secure contexts, whatever the types say.
  const devices = navigator.mediaDevices as MediaDevices | undefined;
  if (devices === undefined) throw new MicrophoneError('unsupported');
  const audio: MediaTrackConstraints = {
    channelCount: 1,
    echoCancellation: true,
    noiseSuppression: true,
    autoGainControl: true,
  };
  if (microphoneId !== null) audio.deviceId = { exact: microphoneId };
  try {
    return await devices.getUserMedia({ audio });
  } catch (error) {
    // The chosen device is gone: better the default one than none.
    if (microphoneId !== null && nameOf(error) === 'OverconstrainedError')
      return openMicrophone(null);
    throw toMicrophoneError(error);
  }
}

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : '');

function toMicrophoneError(error: unknown): MicrophoneError {
  if (error instanceof MicrophoneError) return error;
  switch (nameOf(error)) {
    case 'NotAllowedError':
    case 'SecurityError':
      return new MicrophoneError('refused', { cause: error });
    case 'NotFoundError':
      return new MicrophoneError('none', { cause: error });
    default:
      return new MicrophoneError('busy', { cause: error });
  }
}

/** The microphones there are; names are empty until one was allowed. */
export async function listMicrophones(): Promise<readonly Microphone[]> {
  const devices = navigator.mediaDevices as MediaDevices | undefined;
  if (devices === undefined) return [];
  const all = await devices.enumerateDevices();
  return all
    .filter((device) => device.kind === 'audioinput' && device.deviceId !== '')
    .map((device) => ({ id: device.deviceId, label: device.label }));
}
