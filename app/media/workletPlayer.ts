import { samplesToMs } from './pcm.ts';
import type { PlayPosition, SoundPlayer } from './voiceMedia.ts';
import { PLAYBACK_PROCESSOR, type PlayerCommand, type PlayerReport } from './workletMessages.ts';

const CLEAR_TIMEOUT_MS = 200;

/** The loudspeaker's end of the engine's sound: a queue in an audio worklet, which says how far it has come. */
export class WorkletPlayer implements SoundPlayer {
  readonly #onPosition: (position: PlayPosition) => void;
  readonly #waiting = new Map<number, (position: PlayPosition) => void>();
  #node: AudioWorkletNode | undefined;
  #ticket = 0;
  #last: PlayPosition = { playedMs: new Map(), playing: false, underruns: 0 };

  constructor(onPosition: (position: PlayPosition) => void) {
    this.#onPosition = onPosition;
  }

  /** Plays in this context from now on; its worklet must have been added. Returns where the sound comes out. */
  attach(context: AudioContext): AudioNode {
    const node = new AudioWorkletNode(context, PLAYBACK_PROCESSOR, {
      numberOfInputs: 0,
      outputChannelCount: [1],
    });
    node.port.addEventListener('message', ({ data }: MessageEvent<PlayerReport>) => {
      if (this.#node === node) this.#report(data, context.outputLatency * 1000);
    });
    node.port.start();
    this.#node = node;
    return node;
  }

  play(itemId: string, samples: Int16Array<ArrayBuffer>): void {
    const command: PlayerCommand = { type: 'push', itemId, samples };
    this.#node?.port.postMessage(command, [samples.buffer]);
  }

  async clear(): Promise<PlayPosition> {
    if (this.#node === undefined) return this.#last;
    const { promise, resolve } = Promise.withResolvers<PlayPosition>();
    this.#ticket += 1;
    const ticket = this.#ticket;
    const timer = setTimeout(() => {
      this.#settle(ticket);
    }, CLEAR_TIMEOUT_MS);
    this.#waiting.set(ticket, (position) => {
      clearTimeout(timer);
      resolve(position);
    });
    const command: PlayerCommand = { type: 'clear', ticket };
    this.#node.port.postMessage(command);
    return promise;
  }

  /** Nothing more is played or reported; who waits is told what was known. Twice is harmless. */
  close(): void {
    this.#node = undefined;
    for (const ticket of Array.from(this.#waiting.keys())) this.#settle(ticket);
  }

  #report({ ticket, played, playing, underruns }: PlayerReport, latencyMs: number): void {
    // What left the worklet is still on its way to the ear; that matters where the sound was cut.
    const lagMs = ticket === undefined ? 0 : latencyMs;
    const playedMs = new Map<string, number>();
    for (const [itemId, samples] of played)
      playedMs.set(itemId, Math.max(0, samplesToMs(samples) - lagMs));
    this.#last = { playedMs, playing, underruns };
    if (ticket !== undefined) this.#settle(ticket);
    this.#onPosition(this.#last);
  }

  #settle(ticket: number): void {
    this.#waiting.get(ticket)?.(this.#last);
    this.#waiting.delete(ticket);
  }
}
