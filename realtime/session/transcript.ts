export type TranscriptRole = 'user' | 'assistant';
export type TranscriptLine = { readonly role: TranscriptRole; readonly text: string };

type Entry = {
  readonly itemId: string;
  readonly role: TranscriptRole;
  text: string;
  /** Characters of `text` that an earlier hand-over has taken along already. */
  takenChars: number;
};

/**
 * The spoken and typed words of one session, keyed by item id and ordered by the conversation's own
 * chain: user words may arrive after the answer to them (realtime-v2 §7, §19.16). A final text
 * replaces its deltas, so nothing is doubled.
 */
export class Transcript {
  readonly #entries: Entry[] = [];
  /** Items whose place is known before any of their words are. */
  readonly #order: string[] = [];

  /** Records where an item stands: behind `previousItemId`, or last when that is not known. */
  placed(itemId: string, previousItemId: string | null | undefined): void {
    if (this.#order.includes(itemId)) return;
    const before = typeof previousItemId === 'string' ? this.#order.indexOf(previousItemId) : -1;
    if (before === -1) this.#order.push(itemId);
    else this.#order.splice(before + 1, 0, itemId);
  }

  delta(itemId: string, role: TranscriptRole, delta: string): void {
    this.#entry(itemId, role).text += delta;
  }

  final(itemId: string, role: TranscriptRole, text: string): void {
    this.#entry(itemId, role).text = text;
  }

  /** The words that no earlier call has returned, in conversation order; blank lines left out. */
  takeNew(): readonly TranscriptLine[] {
    const lines: TranscriptLine[] = [];
    for (const entry of this.#inOrder()) {
      const fresh = entry.text.slice(entry.takenChars).trim();
      entry.takenChars = Math.max(entry.takenChars, entry.text.length);
      if (fresh !== '') lines.push({ role: entry.role, text: fresh });
    }
    return lines;
  }

  #entry(itemId: string, role: TranscriptRole): Entry {
    const known = this.#entries.find((entry) => entry.itemId === itemId);
    if (known !== undefined) return known;
    this.placed(itemId, undefined);
    const entry = { itemId, role, text: '', takenChars: 0 };
    this.#entries.push(entry);
    return entry;
  }

  #inOrder(): readonly Entry[] {
    const place = new Map(this.#order.map((itemId, index) => [itemId, index]));
    return this.#entries.toSorted(
      (left, right) => (place.get(left.itemId) ?? 0) - (place.get(right.itemId) ?? 0),
    );
  }
}
