import type { Clock } from '../../core/base/index.ts';
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

/** The sound of one item as far as the server has sent it and not forgotten it again. */
type ItemSound = {
  readonly responseId: string | undefined;
  readonly firstAtMs: number;
  samples: number;
};

/** Nobody is cut off from what was said so many items ago. */
const MAX_ITEMS = 256;

/**
 * The assistant's sound of one session: how much of each item the server has sent, what is still being
 * heard in a call, and whose late sound nobody wants any more. An interruption is decided here, from
 * that and from what the listener reports, or from the time where the listener reports nothing.
 */
export class OutputSound {
  readonly #sampleRateHz: number;
  readonly #media: 'wire' | 'call';
  readonly #clock: Pick<Clock, 'nowMs'>;
  /** In the order of their first sound, which is the order they are played in. */
  readonly #items = new Map<string, ItemSound>();
  /** The item that the server is still making: what was received of it is not known to be all. */
  #openItem: ItemSound | undefined;
  readonly #silenced = new Set<string>();
  /** In calls: responses whose sound the server's own queue is playing. */
  readonly #playing = new Set<string>();

  constructor(sampleRateHz: number, media: 'wire' | 'call', clock: Pick<Clock, 'nowMs'>) {
    this.#sampleRateHz = sampleRateHz;
    this.#media = media;
    this.#clock = clock;
  }

  /** False for late sound of a response that was cut off, which is not to be passed on. */
  isWanted(responseId: string | undefined): boolean {
    return responseId === undefined || !this.#silenced.has(responseId);
  }

  /** Counts in samples, so that many small chunks add up exactly (realtime-v2 §19.4). */
  received(itemId: string, samples: number, responseId?: string): void {
    if (!(samples > 0 && Number.isFinite(samples))) return;
    const item = this.#items.get(itemId) ?? {
      responseId,
      firstAtMs: this.#clock.nowMs(),
      samples: 0,
    };
    item.samples += samples;
    this.#items.set(itemId, item);
    this.#openItem = item;
    if (this.#items.size <= MAX_ITEMS) return;
    const [oldest] = this.#items.keys();
    if (oldest !== undefined) this.#items.delete(oldest);
  }

  /** What was received of this response is all of it; without an id, of whichever runs. */
  ended(responseId: string | undefined): void {
    const openId = this.#openItem?.responseId;
    const isOther = responseId !== undefined && openId !== undefined && responseId !== openId;
    if (!isOther) this.#openItem = undefined;
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
    return { events: [...events, ...cuts.map(eventOf)], cut: cuts.map(cutItem) };
  }

  /**
   * The user spoke into the voice, and nobody reports what was heard of it: taken as heard is what a
   * listener can have heard by now who played each item as it came, one after the other. The server
   * stops its response itself then; in a call it cuts it, too (realtime-v2 §9).
   */
  spokenInto(): Truncation {
    if (this.#media === 'call') return { events: [], cut: [] };
    const cuts: Cut[] = [];
    const nowMs = this.#clock.nowMs();
    let freeAtMs = 0;
    for (const [itemId, item] of this.#items) {
      const beginsAtMs = Math.max(item.firstAtMs, freeAtMs);
      const receivedMs = this.#receivedMs(item);
      freeAtMs = beginsAtMs + receivedMs;
      if (freeAtMs <= nowMs && item !== this.#openItem) continue;
      const audioEndMs = Math.min(receivedMs, Math.max(0, Math.round(nowMs - beginsAtMs)));
      this.#cutAt(item, audioEndMs);
      cuts.push({ type: 'truncate', itemId, audioEndMs });
    }
    return { events: cuts.map(eventOf), cut: cuts.map(cutItem) };
  }

  /**
   * Cuts that the server can accept: whole milliseconds, never beyond what it sent. Items that were
   * heard to their end, and items without sound, need none.
   */
  #cuts(heard: readonly Heard[]): readonly Cut[] {
    const cuts: Cut[] = [];
    for (const { itemId, playedMs } of heard) {
      const item = this.#items.get(itemId);
      if (item === undefined) continue;
      const audioEndMs = Math.round(playedMs);
      if (audioEndMs <= 0) {
        this.#items.delete(itemId);
        cuts.push({ type: 'delete', itemId });
      } else if (audioEndMs < this.#receivedMs(item)) {
        this.#cutAt(item, audioEndMs);
        cuts.push({ type: 'truncate', itemId, audioEndMs });
      }
    }
    return cuts;
  }

  #receivedMs({ samples }: ItemSound): number {
    return Math.floor((samples * 1000) / this.#sampleRateHz);
  }

  /** The server forgets the rest, so nobody can be cut off from it once more. */
  #cutAt(item: ItemSound, audioEndMs: number): void {
    item.samples = Math.min(item.samples, Math.ceil((audioEndMs * this.#sampleRateHz) / 1000));
    if (item === this.#openItem) this.#openItem = undefined;
  }
}

function cutItem(cut: Cut): CutItem {
  return { itemId: cut.itemId, heardMs: cut.type === 'delete' ? 0 : cut.audioEndMs };
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
