import { type AudioDelta, audioFrame, type SoundFormat, SoundWriter } from '../lines/index.ts';

type Place = Omit<AudioDelta, 'samples'>;

export type SoundOutPorts = {
  /** What the session sends now; an item keeps the one it began with. */
  format(): SoundFormat;
  readonly newId: (prefix: string) => string;
  write(frame: string): void;
};

/** The sound of the items that are being spoken, on its way over a socket. */
export class SoundOut {
  readonly #ports: SoundOutPorts;
  readonly #writers = new Map<string, { readonly writer: SoundWriter; readonly place: Place }>();

  constructor(ports: SoundOutPorts) {
    this.#ports = ports;
  }

  send({ itemId, responseId, outputIndex, samples }: AudioDelta): void {
    const kept = this.#writers.get(itemId)?.writer;
    const writer = kept ?? new SoundWriter(this.#ports.format());
    const place = { itemId, responseId, outputIndex };
    if (kept === undefined) this.#writers.set(itemId, { writer, place });
    this.#write(place, writer.write(samples));
  }

  /** What a filter still held back belongs before the end of its item. */
  end(itemId: unknown): void {
    const ending = typeof itemId === 'string' ? this.#writers.get(itemId) : undefined;
    if (ending === undefined) return;
    this.#writers.delete(ending.place.itemId);
    this.#write(ending.place, ending.writer.end());
  }

  #write(place: Place, delta: string): void {
    if (delta !== '') this.#ports.write(audioFrame(place, delta, this.#ports.newId));
  }
}
