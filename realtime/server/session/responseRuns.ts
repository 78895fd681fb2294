import { msToSamples, type SpeechStyle, type SpeechVoice } from '../../audio/index.ts';
import type { SessionObject } from '../config/index.ts';
import type { RealtimeModel } from '../models/index.ts';
import { type Effect, type Input, samplesAhead, type SessionState } from '../state/index.ts';
import type { ItemSounds } from './audioStore.ts';
import { describeContext } from './modelContext.ts';
import { runResponse } from './responseRunner.ts';

/** An answer waits when so much sound of a call is still to be sent; the rest may not be wanted. */
const MAX_AHEAD_SAMPLES = msToSamples(30_000);

export type ResponseRunsPorts = {
  readonly model: RealtimeModel;
  readonly voice: SpeechVoice;
  readonly sounds: ItemSounds;
  state(): SessionState;
  /** Resolves when every line can take more. */
  linesReady(): Promise<unknown>;
  readonly deliver: (input: Input) => void;
};

/** The responses of a session that the model and the voice are making. */
export class ResponseRuns {
  readonly #ports: ResponseRunsPorts;
  readonly #running = new Map<string, AbortController>();
  #waiting: { readonly responseId: string; readonly resolve: () => void }[] = [];

  constructor(ports: ResponseRunsPorts) {
    this.#ports = ports;
  }

  start(start: Extract<Effect, { type: 'startResponse' }>): void {
    const { responseId } = start;
    const { model, voice, sounds, deliver } = this.#ports;
    const abort = new AbortController();
    this.#running.set(responseId, abort);
    void runResponse({
      responseId,
      model,
      voice,
      style: styleOf(start.session.output),
      context: describeContext(start, sounds),
      signal: abort.signal,
      ready: async () => this.#ready(responseId),
      deliver,
    });
  }

  stop(responseId: string): void {
    this.#running.get(responseId)?.abort();
    this.#running.delete(responseId);
  }

  /** False once it has ended, however it did. */
  isRunning(responseId: string): boolean {
    return this.#ports.state().responses.some(({ id }) => id === responseId);
  }

  /** Lets those go on whose sound has been sent far enough, or which have ended meanwhile. */
  wake(): void {
    if (this.#waiting.length === 0) return;
    const waiting = this.#waiting;
    this.#waiting = waiting.filter(({ responseId }) => !this.#mayGoOn(responseId));
    for (const { responseId, resolve } of waiting) if (this.#mayGoOn(responseId)) resolve();
  }

  /** Resolves when every line, and in a call the playout, can take more of a response. */
  async #ready(responseId: string): Promise<void> {
    await this.#ports.linesReady();
    if (this.#mayGoOn(responseId)) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push({ responseId, resolve });
    await promise;
  }

  #mayGoOn(responseId: string): boolean {
    if (!this.isRunning(responseId)) return true;
    return samplesAhead(this.#ports.state().playout ?? [], responseId) < MAX_AHEAD_SAMPLES;
  }
}

/** Voices of the API that are not there are had from the voice itself, so every client is answered. */
function styleOf({ voice, speed }: SessionObject['output']): SpeechStyle {
  return { voice: typeof voice === 'string' ? voice : undefined, speed };
}
