/** A response as the server names it; some servers leave the id out. */
type Named = {
  readonly id?: string | undefined;
  readonly conversation_id?: string | null | undefined;
};

/**
 * Which responses have begun and ended on a connection. Each begins once and ends once, whatever the
 * server repeats, and one beside the conversation frees nothing in it when it ends.
 */
export class ResponseBook {
  readonly #open = new Set<string>();
  readonly #ended = new Set<string>();
  readonly #outOfBand = new Set<string>();

  /** Undefined for a beginning that was told before; else whether it is beside the conversation. */
  begin(response: Named): { readonly outOfBand: boolean } | undefined {
    // Only null says "beside the conversation"; servers that leave the field out mean the default one.
    const outOfBand = response.conversation_id === null;
    const { id } = response;
    if (id !== undefined) {
      if (this.#open.has(id)) return undefined;
      this.#open.add(id);
      this.#ended.delete(id);
      if (outOfBand) this.#outOfBand.add(id);
    }
    return { outOfBand };
  }

  /** Undefined for an end that was told before; else whether it is beside the conversation. */
  end(response: Named): { readonly outOfBand: boolean } | undefined {
    const { id } = response;
    if (id !== undefined) {
      if (this.#ended.has(id)) return undefined;
      this.#open.delete(id);
      this.#ended.add(id);
    }
    const isBeside = id !== undefined && this.#outOfBand.has(id);
    return { outOfBand: isBeside || response.conversation_id === null };
  }

  /** Ends all that are open and returns them; their own late ends are passed over. */
  endAll(): readonly string[] {
    const open = Array.from(this.#open);
    for (const id of open) this.#ended.add(id);
    this.#open.clear();
    return open;
  }
}
