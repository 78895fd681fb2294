import type {
  ModelContext,
  Transcriber,
  Transcript,
  Transcription,
  TranscriptionTurn,
} from '../index.ts';

/** A turn that a recogniser was given, with what it got of it; a test decides what it hears. */
export class HandTurn implements Transcription {
  readonly asked: TranscriptionTurn;
  readonly pushed: number[] = [];
  signal: AbortSignal | undefined;
  isCancelled = false;
  readonly #cut = Promise.withResolvers<void>();
  readonly #ended = Promise.withResolvers<void>();
  readonly #words = Promise.withResolvers<Transcript>();

  constructor(asked: TranscriptionTurn) {
    this.asked = asked;
    // A turn that is cut before it ends is awaited by nobody.
    this.#words.promise.catch(() => undefined);
  }

  get sampleCount(): number {
    return this.pushed.reduce((sum, count) => sum + count, 0);
  }

  push(samples: Int16Array): void {
    this.pushed.push(samples.length);
  }

  async end(signal: AbortSignal): Promise<Transcript> {
    this.signal = signal;
    const cut = (): void => {
      this.#cut.resolve();
    };
    signal.addEventListener('abort', cut, { once: true });
    this.#ended.resolve();
    return this.#words.promise;
  }

  cancel(): void {
    this.isCancelled = true;
    this.#cut.resolve();
  }

  /** Resolves when nobody wants the words any more. */
  async whenCut(): Promise<void> {
    await this.#cut.promise;
  }

  /** Resolves when the turn is over and its words are awaited. */
  async whenEnded(): Promise<void> {
    await this.#ended.promise;
  }

  hears(text: string): void {
    this.#words.resolve({ text });
  }

  fails(message: string): void {
    this.#words.reject(new Error(message));
  }
}

/** A recogniser that does nothing by itself. */
export class HandTranscriber implements Transcriber {
  readonly turns: HandTurn[] = [];
  /** The language of each session that it was made ready for. */
  readonly prepared: (string | undefined)[] = [];
  readonly #waiting = new Set<() => void>();

  prepare({ language }: ModelContext): void {
    this.prepared.push(language);
  }

  begin(asked: TranscriptionTurn): Transcription {
    const turn = new HandTurn(asked);
    this.turns.push(turn);
    for (const wake of this.#waiting) wake();
    return turn;
  }

  /** The turn with this number, the first is 0; waits until it begins. */
  async turn(number: number): Promise<HandTurn> {
    for (;;) {
      const turn = this.turns[number];
      if (turn !== undefined) return turn;
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#waiting.add(resolve);
      await promise;
      this.#waiting.delete(resolve);
    }
  }
}

/** A recogniser that makes the same of every turn. */
export function alwaysHears(text: string): Transcriber {
  return {
    begin: () => ({
      push: () => undefined,
      end: async () => ({ text }),
      cancel: () => undefined,
    }),
  };
}
