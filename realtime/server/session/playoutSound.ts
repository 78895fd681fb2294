import { msToSamples } from '../../audio/index.ts';

/** What a call asks for once per 20 ms. */
const FRAME_SAMPLES = msToSamples(20);

/** The samples behind a call's `playout`: one queue for each response, from which frames are cut. */
export class PlayoutSound {
  readonly #queues = new Map<string, Int16Array[]>();

  push(responseId: string, samples: Int16Array): void {
    const queue = this.#queues.get(responseId);
    if (queue === undefined) this.#queues.set(responseId, [samples]);
    else queue.push(samples);
  }

  /**
   * The next frame of a response and how many samples of sound are in it. While more may come, a
   * frame that cannot be filled waits; the last one is filled up with silence.
   */
  take(
    responseId: string,
    moreMayCome: boolean,
  ): { readonly frame: Int16Array; readonly sampleCount: number } | undefined {
    const queue = this.#queues.get(responseId) ?? [];
    const frame = new Int16Array(FRAME_SAMPLES);
    let sampleCount = 0;
    let whole = 0;
    for (const chunk of queue) {
      const part = chunk.subarray(0, FRAME_SAMPLES - sampleCount);
      frame.set(part, sampleCount);
      sampleCount += part.length;
      if (part.length < chunk.length) break;
      whole += 1;
    }
    if (sampleCount === 0 || (moreMayCome && sampleCount < FRAME_SAMPLES)) return undefined;
    this.#consume(queue, whole, sampleCount);
    if (queue.length === 0) this.#queues.delete(responseId);
    return { frame, sampleCount };
  }

  drop(responseId: string): void {
    this.#queues.delete(responseId);
  }

  clear(): void {
    this.#queues.clear();
  }

  /** Takes the whole chunks off, and off the next one what else the frame has of it. */
  #consume(queue: Int16Array[], whole: number, sampleCount: number): void {
    const gone = queue.splice(0, whole).reduce((sum, chunk) => sum + chunk.length, 0);
    const [next] = queue;
    if (next !== undefined) queue[0] = next.subarray(sampleCount - gone);
  }
}
