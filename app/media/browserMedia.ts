import { Emitter, type Unsubscribe } from '../../core/base/index.ts';
import { BrowserCall } from './browserCall.ts';
import { describeMicrophone, openMicrophone, retune, stopStream } from './microphoneStream.ts';
import { SAMPLE_RATE_HZ } from './pcm.ts';
import { SoundGraph } from './soundGraph.ts';
import {
  type SpotterLanguage,
  type SpotterListener,
  type StopSpotter,
  WorkerSpotter,
} from './spotter/index.ts';
import { recordStream } from './soundRecorder.ts';
import { CallError, type VoiceCall } from './voiceCall.ts';
import {
  type MediaEvents,
  type Microphone,
  type MicrophoneChoice,
  MicrophoneError,
  RecorderError,
  type RecordingSink,
  type SoundRecording,
  type VoiceMedia,
} from './voiceMedia.ts';
import { WorkletPlayer } from './workletPlayer.ts';
// oxlint-disable-next-line import/default -- Vite makes the default export of a `?url` import
import captureUrl from './capture.worklet.ts?worker&url';
// oxlint-disable-next-line import/default -- Vite makes the default export of a `?url` import
import playbackUrl from './playback.worklet.ts?worker&url';

/** Microphone and loudspeaker by Web Audio, in one context of 24 kHz; calls by WebRTC. */
export class BrowserMedia implements VoiceMedia {
  readonly player = new WorkletPlayer((position) => {
    this.#emitter.emit('position', position);
  });
  readonly #emitter = new Emitter<MediaEvents>((error) => {
    reportError(error);
  });
  readonly #calls = new Set<BrowserCall>();
  readonly #recordings = new Set<SoundRecording>();
  #graph: SoundGraph | undefined;
  #stream: MediaStream | undefined;
  #choice: MicrophoneChoice | undefined;
  #spotter: WorkerSpotter | undefined;
  #isMicrophoneOpen = true;
  #closed = false;

  on<Name extends keyof MediaEvents>(
    name: Name,
    listener: (payload: MediaEvents[Name]) => void,
  ): Unsubscribe {
    return this.#emitter.on(name, listener);
  }

  async open(choice: MicrophoneChoice): Promise<Microphone> {
    // Made in the same task as the key press: browsers start sound only after a gesture.
    const context = new AudioContext({ sampleRate: SAMPLE_RATE_HZ, latencyHint: 'interactive' });
    const opening = openMicrophone(choice);
    try {
      const [stream] = await Promise.all([
        opening,
        context.audioWorklet.addModule(captureUrl),
        context.audioWorklet.addModule(playbackUrl),
      ]);
      if (this.#closed) throw new MicrophoneError('busy');
      this.#graph = this.#build(context);
      void context.resume();
      this.#choice = choice;
      return await this.#attach(this.#graph, stream);
    } catch (error) {
      void context.close();
      // A microphone that opens after all must not stay open.
      opening.then(stopStream, () => undefined);
      throw error;
    }
  }

  async swap(choice: MicrophoneChoice): Promise<Microphone> {
    const stream = await openMicrophone(choice);
    const graph = this.#graph;
    if (graph === undefined || this.#closed) {
      stopStream(stream);
      throw new MicrophoneError('busy');
    }
    this.#choice = choice;
    return this.#attach(graph, stream);
  }

  async tune(choice: MicrophoneChoice): Promise<Microphone> {
    const stream = this.#stream;
    const before = this.#choice;
    if (stream === undefined || before === undefined) return this.swap(choice);
    if (await retune(stream, choice)) return describeMicrophone(stream);
    const { id } = describeMicrophone(stream);
    const device = { ...choice, id: id === '' ? choice.id : id };
    // A device's sound is processed in one way at a time: while the old track is open, Chromium gives
    // a new one the old processing, or another device.
    stopStream(stream);
    try {
      return await this.swap(device);
    } catch (error) {
      await this.swap(before).catch(() => {
        this.#emitter.emit('microphoneLost', undefined);
      });
      throw error;
    }
  }

  setMicrophoneOpen(isOpen: boolean): void {
    this.#isMicrophoneOpen = isOpen;
    this.#gateStream(this.#stream);
  }

  openCall(): VoiceCall {
    const track = this.#stream?.getAudioTracks()[0];
    if (track === undefined || this.#closed) throw new CallError('offer');
    let isHeard = false;
    const call = new BrowserCall({
      track,
      onSound: (stream) => {
        if (!this.#calls.has(call)) return;
        for (const other of this.#calls) if (other !== call) other.close();
        isHeard = true;
        this.#graph?.setCall(stream);
      },
      onClosed: () => {
        this.#calls.delete(call);
        if (isHeard) this.#graph?.endCall();
      },
    });
    this.#calls.add(call);
    return call;
  }

  setCallAudible(isAudible: boolean): void {
    this.#graph?.setCallAudible(isAudible);
  }

  setDucked(isDucked: boolean): void {
    this.#graph?.setDucked(isDucked);
  }

  openSpotter(language: SpotterLanguage, listener: SpotterListener): StopSpotter {
    this.#spotter?.close();
    this.#spotter = new WorkerSpotter(language, listener);
    if (this.#closed) this.#spotter.close();
    return this.#spotter;
  }

  record(sink: RecordingSink): SoundRecording {
    const mix = this.#graph?.mix();
    if (mix === undefined) throw new RecorderError('broken');
    const recorder = recordStream(mix.stream, sink);
    const recording: SoundRecording = {
      mimeType: recorder.mimeType,
      stop: async () => {
        this.#recordings.delete(recording);
        await recorder.stop();
        mix.end();
        stopStream(mix.stream);
      },
    };
    this.#recordings.add(recording);
    return recording;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.player.close();
    this.#spotter?.close();
    for (const recording of Array.from(this.#recordings)) void recording.stop();
    for (const call of Array.from(this.#calls)) call.close();
    stopStream(this.#stream);
    this.#graph?.close();
    this.#graph = undefined;
  }

  #build(context: AudioContext): SoundGraph {
    return new SoundGraph(context, this.player.attach(context), {
      onFrame: (frame) => {
        if (this.#closed) return;
        this.#spotter?.heard(frame);
        this.#emitter.emit('frame', frame);
      },
      onCallFrame: (frame) => {
        if (!this.#closed) this.#emitter.emit('callFrame', frame);
      },
      onParleyFrame: (frame) => {
        if (!this.#closed) this.#spotter?.played(frame);
      },
    });
  }

  async #attach(graph: SoundGraph, stream: MediaStream): Promise<Microphone> {
    this.#gateStream(stream);
    const track = stream.getAudioTracks()[0];
    // Calls change over before the old microphone stops, so that no call is ever without one.
    if (track !== undefined)
      await Promise.all(Array.from(this.#calls, async (call) => call.send(track)));
    if (this.#closed) {
      stopStream(stream);
      throw new MicrophoneError('busy');
    }
    graph.setMicrophone(stream);
    stopStream(this.#stream);
    this.#stream = stream;
    track?.addEventListener('ended', () => {
      if (!this.#closed && this.#stream === stream) this.#emitter.emit('microphoneLost', undefined);
    });
    return describeMicrophone(stream);
  }

  #gateStream(stream: MediaStream | undefined): void {
    for (const track of stream?.getAudioTracks() ?? []) track.enabled = this.#isMicrophoneOpen;
  }
}
