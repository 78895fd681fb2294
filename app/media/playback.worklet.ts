import { SAMPLE_RATE_HZ } from './pcm.ts';
import { PlaybackQueue } from './playbackQueue.ts';
import { PLAYBACK_PROCESSOR, type PlayerCommand, type PlayerReport } from './workletMessages.ts';

const REPORT_SAMPLES = SAMPLE_RATE_HZ / 10;

/** Plays what the page pushes, and reports what was really heard. */
class PlaybackProcessor extends AudioWorkletProcessor {
  readonly #queue = new PlaybackQueue({
    reserveSamples: (SAMPLE_RATE_HZ * 60) / 1000,
    fadeSamples: (SAMPLE_RATE_HZ * 8) / 1000,
  });
  #sinceReport = 0;
  #wasPlaying = false;

  constructor() {
    super();
    this.port.addEventListener('message', ({ data }: MessageEvent<PlayerCommand>) => {
      if (data.type === 'push') {
        this.#queue.push(data.itemId, data.samples);
        return;
      }
      this.#queue.clear();
      this.#report(data.ticket);
    });
    this.port.start();
  }

  process(
    _inputs: readonly (readonly Float32Array[])[],
    outputs: readonly (readonly Float32Array[])[],
  ): boolean {
    const channel = outputs[0]?.[0];
    if (channel === undefined) return true;
    this.#queue.read(channel);
    const { playing } = this.#queue;
    this.#sinceReport += channel.length;
    if (playing !== this.#wasPlaying || (playing && this.#sinceReport >= REPORT_SAMPLES))
      this.#report(undefined);
    return true;
  }

  #report(ticket: number | undefined): void {
    this.#sinceReport = 0;
    this.#wasPlaying = this.#queue.playing;
    const report: PlayerReport = {
      played: this.#queue.played,
      playing: this.#queue.playing,
      underruns: this.#queue.underruns,
      ticket,
    };
    this.port.postMessage(report);
  }
}

registerProcessor(PLAYBACK_PROCESSOR, PlaybackProcessor);
