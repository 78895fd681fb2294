import type { ClientEvent } from '../protocol/index.ts';

/** How much of an item a listener heard, as a client reports it. */
export type Heard = { readonly itemId: string; readonly playedMs: number };

/** What to do with one item the listener was cut off from. */
type Cut =
  | { readonly type: 'truncate'; readonly itemId: string; readonly audioEndMs: number }
  | { readonly type: 'delete'; readonly itemId: string };

/** The answer was cut off here: what comes after so many ms of the item was not heard. */
export type CutItem = { readonly itemId: string; readonly heardMs: number };

/** What an interruption comes to: what the server is told, and what the listener is left with. */
export type Truncation = {
  readonly events: readonly ClientEvent[];
  readonly cut: readonly CutItem[];
};

/**
 * The assistant's sound of one session: how much of each item the server has sent, what is still being
 * heard in a call, and whose late sound nobody wants any more. An interruption is decided here, from
 * that and from what the listener reports.
 */
export class OutputSound {
  readonly #sampleRateHz: number;
  readonly #media: 'wire' | 'call';
  readonly #receivedSamples = new Map<string, number>();
  readonly #silenced = new Set<string>();
  /** In calls: responses whose sound the server's own queue is playing. */
  readonly #playing = new Set<string>();

  constructor(sampleRateHz: number, media: 'wire' | 'call') {
    this.#sampleRateHz = sampleRateHz;
    this.#media = media;
  }

  /** False for late sound of a response that was cut off, which is not to be passed on. */
  isWanted(responseId: string | undefined): boolean {
    return responseId === undefined || !this.#silenced.has(responseId);
  }

  /** Counts in samples, so that many small chunks add up exactly (realtime-v2 §19.4). */
  received(itemId: string, samples: number): void {
    this.#receivedSamples.set(itemId, (this.#receivedSamples.get(itemId) ?? 0) + samples);
  }

  /** The server's sound queue has begun or ended to play a response, as it says in calls only. */
  playing(responseId: string | undefined, isPlaying: boolean): void {
    if (isPlaying) this.#playing.add(responseId ?? '');
    else this.#playing.delete(responseId ?? '');
  }

  /** The link is gone, or was: what the server's queue plays is not known any more. */
  forgetPlaying(): void {
    this.#playing.clear();
  }

  /**
   * The listener cut the voice off: the running response is cancelled, and the server forgets what was
   * not heard (realtime-v2 §19.4). `running` is the response of the conversation that has not ended.
   */
  interrupt(
    running: { readonly responseId: string | undefined } | undefined,
    heard: readonly Heard[],
  ): Truncation {
    const events: ClientEvent[] = [];
    if (running !== undefined) {
      const { responseId } = running;
      if (responseId !== undefined) this.#silenced.add(responseId);
      events.push({
        type: 'response.cancel',
        ...(responseId !== undefined && { response_id: responseId }),
      });
    }
    // In a call the server has the sound that was not heard, and truncates what it throws away.
    if (this.#media === 'call' && (running !== undefined || this.#playing.size > 0)) {
      events.push({ type: 'output_audio_buffer.clear' });
    }
    const cuts = this.#cuts(heard);
    return {
      events: [...events, ...cuts.map(eventOf)],
      cut: cuts.map((cut) => ({
        itemId: cut.itemId,
        heardMs: cut.type === 'delete' ? 0 : cut.audioEndMs,
      })),
    };
  }

  /**
   * Cuts that the server can accept: whole milliseconds, never beyond what it sent. Items that were
   * heard to their end, and items without sound, need none.
   */
  #cuts(heard: readonly Heard[]): readonly Cut[] {
    const cuts: Cut[] = [];
    for (const { itemId, playedMs } of heard) {
      const samples = this.#receivedSamples.get(itemId);
      if (samples === undefined) continue;
      const receivedMs = Math.floor((samples * 1000) / this.#sampleRateHz);
      const audioEndMs = Math.min(Math.max(0, Math.round(playedMs)), receivedMs);
      if (audioEndMs === 0) cuts.push({ type: 'delete', itemId });
      else if (audioEndMs < receivedMs) cuts.push({ type: 'truncate', itemId, audioEndMs });
    }
    return cuts;
  }
}

function eventOf(cut: Cut): ClientEvent {
  if (cut.type === 'delete') return { type: 'conversation.item.delete', item_id: cut.itemId };
  const { itemId, audioEndMs } = cut;
  return {
    type: 'conversation.item.truncate',
    item_id: itemId,
    content_index: 0,
    audio_end_ms: audioEndMs,
  };
}
