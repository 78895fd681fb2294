/** What is known of one assistant item's sound: how much of it the server has sent so far. */
type ItemSound = { readonly responseId: string | undefined; readonly samples: number };

/** How much of an item a listener heard, as a client reports it. */
export type Heard = { readonly itemId: string; readonly playedMs: number };

/** What to do with one item the listener was cut off from. */
export type Cut =
  | { readonly type: 'truncate'; readonly itemId: string; readonly audioEndMs: number }
  | { readonly type: 'delete'; readonly itemId: string };

/**
 * Counts received sound per item in samples, so that many small chunks add up exactly (the peer
 * rounds each chunk down, realtime-v2 §19.4), and turns reports of what was heard into cuts that the
 * server can accept: whole milliseconds, never beyond what it sent.
 */
export class OutputLedger {
  readonly #sampleRateHz: number;
  readonly #items = new Map<string, ItemSound>();

  constructor(sampleRateHz: number) {
    this.#sampleRateHz = sampleRateHz;
  }

  received(itemId: string, responseId: string | undefined, samples: number): void {
    const known = this.#items.get(itemId);
    this.#items.set(itemId, { responseId, samples: (known?.samples ?? 0) + samples });
  }

  receivedMs(itemId: string): number {
    return Math.floor(((this.#items.get(itemId)?.samples ?? 0) * 1000) / this.#sampleRateHz);
  }

  /** Items that were heard to their end, and items without sound, need no cut. */
  cuts(heard: readonly Heard[]): readonly Cut[] {
    const cuts: Cut[] = [];
    for (const { itemId, playedMs } of heard) {
      if (!this.#items.has(itemId)) continue;
      const receivedMs = this.receivedMs(itemId);
      const audioEndMs = Math.min(Math.max(0, Math.round(playedMs)), receivedMs);
      if (audioEndMs === 0) cuts.push({ type: 'delete', itemId });
      else if (audioEndMs < receivedMs) cuts.push({ type: 'truncate', itemId, audioEndMs });
    }
    return cuts;
  }
}
