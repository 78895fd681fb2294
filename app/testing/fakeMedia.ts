import { Emitter, type Unsubscribe } from '../../core/base/index.ts';
import {
  CallError,
  type MediaEvents,
  type Microphone,
  type MicrophoneChoice,
  type PlayPosition,
  RecorderError,
  type RecordingSink,
  type SoundPlayer,
  type SoundRecording,
  type VoiceCall,
  type VoiceMedia,
} from '../media/index.ts';
import type { SpotterLanguage, SpotterListener, StopSpotter } from '../media/spotter/index.ts';
import { FakeCall } from './fakeCall.ts';
import { FakeSpotter } from './fakeSpotter.ts';

/** A recording driven by hand. */
export class FakeRecording implements SoundRecording {
  readonly mimeType = 'audio/webm;codecs=opus';
  isStopped = false;
  readonly sink: RecordingSink;

  constructor(sink: RecordingSink) {
    this.sink = sink;
  }

  async stop(): Promise<void> {
    this.isStopped = true;
  }

  /** The recorder breaks by itself. */
  break(): void {
    this.sink.onFault(new RecorderError('broken'));
  }
}

/** Microphone and loudspeaker driven by hand: a test says what is captured and what was heard. */
export class FakeMedia implements VoiceMedia {
  readonly played: { readonly itemId: string; readonly samples: number }[] = [];
  /** Every way the microphone was asked for, oldest first. */
  readonly choices: MicrophoneChoice[] = [];
  readonly calls: FakeCall[] = [];
  readonly recordings: FakeRecording[] = [];
  readonly spotters: FakeSpotter[] = [];
  isDucked = false;
  clears = 0;
  closed = false;
  isMicrophoneOpen = true;
  isCallAudible = true;
  /** While set, opening, swapping or tuning the microphone fails with it. */
  fault: Error | undefined;
  /** False: this browser knows no WebRTC. */
  canCall = true;
  canRecord = true;
  /** What `clear` reports. */
  position: PlayPosition = { playedMs: new Map(), playing: false, underruns: 0 };
  readonly player: SoundPlayer = {
    play: (itemId, samples) => {
      this.played.push({ itemId, samples: samples.length });
    },
    clear: async () => {
      this.clears += 1;
      return this.position;
    },
  };
  readonly #emitter = new Emitter<MediaEvents>((error) => {
    throw error;
  });

  on<Name extends keyof MediaEvents>(
    name: Name,
    listener: (payload: MediaEvents[Name]) => void,
  ): Unsubscribe {
    return this.#emitter.on(name, listener);
  }

  async open(choice: MicrophoneChoice): Promise<Microphone> {
    if (this.fault !== undefined) throw this.fault;
    this.choices.push(choice);
    return { id: choice.id ?? 'default', label: 'Fake microphone' };
  }

  async swap(choice: MicrophoneChoice): Promise<Microphone> {
    return this.open(choice);
  }

  async tune(choice: MicrophoneChoice): Promise<Microphone> {
    return this.open(choice);
  }

  setMicrophoneOpen(isOpen: boolean): void {
    this.isMicrophoneOpen = isOpen;
  }

  openCall(): VoiceCall {
    if (!this.canCall) throw new CallError('unsupported');
    const call = new FakeCall(this.calls.length + 1);
    this.calls.push(call);
    return call;
  }

  setCallAudible(isAudible: boolean): void {
    this.isCallAudible = isAudible;
  }

  setDucked(isDucked: boolean): void {
    this.isDucked = isDucked;
  }

  openSpotter(language: SpotterLanguage, listener: SpotterListener): StopSpotter {
    const spotter = new FakeSpotter(language, listener);
    this.spotters.push(spotter);
    return spotter;
  }

  record(sink: RecordingSink): SoundRecording {
    if (!this.canRecord) throw new RecorderError('unsupported');
    const recording = new FakeRecording(sink);
    this.recordings.push(recording);
    return recording;
  }

  close(): void {
    this.closed = true;
    for (const call of this.calls) call.close();
  }

  /** The microphone delivers 20 ms of one value. */
  capture(value: number): void {
    this.#emitter.emit('frame', new Int16Array(480).fill(value));
  }

  /** 20 ms of a call went to the loudspeaker. */
  hearCall(): void {
    this.#emitter.emit('callFrame', new Int16Array(480).fill(9_000));
  }

  /** The loudspeaker has come so far with an item. */
  heard(itemId: string, ms: number, playing = true): void {
    this.position = { playedMs: new Map([[itemId, ms]]), playing, underruns: 0 };
    this.#emitter.emit('position', this.position);
  }

  unplug(): void {
    this.#emitter.emit('microphoneLost', undefined);
  }
}
