/** Frames averaged before the minimum is taken; one quiet frame alone says little about a room. */
const SMOOTHED_FRAMES = 5;

/**
 * How loud the room is when nobody speaks: the lowest smoothed energy of the last seconds. Falls at
 * once when the room gets quieter and rises as soon as the old quiet has left the window.
 */
export class NoiseFloor {
  readonly #recent = new Float64Array(SMOOTHED_FRAMES);
  readonly #smoothed: Float64Array;
  #frames = 0;

  constructor(windowFrames: number) {
    this.#smoothed = new Float64Array(windowFrames);
  }

  /** Takes the energy of the next frame and returns the floor, that frame included. */
  push(energy: number): number {
    this.#recent[this.#frames % SMOOTHED_FRAMES] = energy;
    const known = Math.min(this.#frames + 1, SMOOTHED_FRAMES);
    let sum = 0;
    for (let index = 0; index < known; index += 1) sum += this.#recent[index] ?? 0;
    this.#smoothed[this.#frames % this.#smoothed.length] = sum / known;
    this.#frames += 1;

    let floor = Number.POSITIVE_INFINITY;
    const filled = Math.min(this.#frames, this.#smoothed.length);
    for (let index = 0; index < filled; index += 1) {
      floor = Math.min(floor, this.#smoothed[index] ?? floor);
    }
    return floor;
  }
}
