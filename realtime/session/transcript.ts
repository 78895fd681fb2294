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
  #unnamedLines = 0;
  #saidLines = 0;
  #openLine: { readonly role: TranscriptRole; readonly lineId: string } | undefined;

  /** Records where an item stands: behind `previousItemId`, or last when that is not known. */
  placed(itemId: string, previousItemId: string | null | undefined): void {
    if (this.#order.includes(itemId)) return;
    const before = typeof previousItemId === 'string' ? this.#order.indexOf(previousItemId) : -1;
    if (before === -1) this.#order.push(itemId);
    else this.#order.splice(before + 1, 0, itemId);
  }

  /** Returns the name of the line: its item's id, else one per run of one speaker's words. */
  delta(itemId: string | undefined, role: TranscriptRole, delta: string): string {
    const lineId = this.#lineOf(itemId, role);
    this.#entry(lineId, role).text += delta;
    return lineId;
  }

  /** The same for the whole text of a line. */
  final(itemId: string | undefined, role: TranscriptRole, text: string): string {
    const lineId = this.#lineOf(itemId, role);
    this.#openLine = undefined;
    this.#entry(lineId, role).text = text;
    return lineId;
  }

  /** The same for a line whose words could not be recognised. */
  failed(itemId: string | undefined): string {
    const lineId = this.#lineOf(itemId, 'user');
    this.#openLine = undefined;
    return lineId;
  }

  /** Words that did not come from the server's ears: a line of its own, beside what is being said. */
  said(itemId: string | undefined, text: string): void {
    this.#saidLines += 1;
    this.#entry(itemId ?? `said_${this.#saidLines}`, 'user').text = text;
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

  #lineOf(itemId: string | undefined, role: TranscriptRole): string {
    if (itemId !== undefined) return itemId;
    if (this.#openLine?.role !== role) {
      this.#unnamedLines += 1;
      this.#openLine = { role, lineId: `line_${this.#unnamedLines}` };
    }
    return this.#openLine.lineId;
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
