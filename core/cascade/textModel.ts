import { SentenceCutter } from '../../realtime/audio/sentences/index.ts';
import type { ModelOutput, RealtimeModel } from '../../realtime/server/index.ts';
import { type Clock, errorText } from '../base/index.ts';
import { messageText, type ModelClient, type ResponseItem } from '../model/index.ts';
import { CascadeError } from './cascadeError.ts';
import { hasSomethingToAnswer, samplingRequest } from './conversation.ts';

/** Longer than any recogniser is waited for: a turn without words is not answered. */
const WORDS_WITHIN_MS = 30_000;

export type TextModelPorts = {
  readonly clock: Clock;
  readonly newId: (prefix: string) => string;
  /** The way to the text provider; made when it is first needed. */
  readonly client: () => Promise<Pick<ModelClient, 'startTurn'>>;
};

/** A text model in the place of one that talks: what it writes is said sentence by sentence. */
export function createCascadeModel({ clock, newId, client }: TextModelPorts): RealtimeModel {
  return {
    hears: false,
    needsWords: { withinMs: WORDS_WITHIN_MS },
    async *respond(context, signal) {
      if (!hasSomethingToAnswer(context)) return;
      const turn = { turnId: newId('turn'), startedAtMs: clock.nowMs() };
      try {
        const sampling = (await client()).startTurn(turn);
        const answer = new Answer();
        for await (const event of sampling.stream(samplingRequest(context), { signal })) {
          if (event.type === 'textDelta') yield* answer.words(event.delta);
          if (event.type === 'itemDone') yield* answer.itemDone(event.item);
        }
      } catch (error) {
        if (signal.aborted) return;
        throw new CascadeError('textModel', errorText(error), { cause: error });
      }
    },
  };
}

/** What has come of an answer, and what of it can be said already. */
class Answer {
  readonly #cutter = new SentenceCutter();
  #hasWords = false;

  *words(delta: string): Iterable<ModelOutput> {
    this.#hasWords = true;
    for (const text of this.#cutter.push(delta)) yield { type: 'say', text };
  }

  *itemDone(item: ResponseItem): Iterable<ModelOutput> {
    if (item.type === 'message') {
      // Servers that do not stream tell all words at the end.
      if (!this.#hasWords) yield* this.words(messageText(item));
      this.#hasWords = false;
      const text = this.#cutter.rest();
      if (text.trim() !== '') yield { type: 'say', text };
    }
    if (item.type === 'function_call') {
      yield { type: 'call', name: item.name, arguments: item.arguments };
    }
  }
}
