/** How much of one spoken item has come in and how much of it was really heard. */
export type HeardItem = {
  readonly responseId: string | undefined;
  readonly receivedMs: number;
  readonly playedMs: number;
  /** The user stopped it; the rest will never be heard. */
  readonly cut: boolean;
};

export type Heard = {
  readonly items: ReadonlyMap<string, HeardItem>;
  /** Answers that were stopped: their late audio is refused. */
  readonly refused: ReadonlySet<string>;
};

export const nothingHeard: Heard = { items: new Map(), refused: new Set() };

// Played and received are counted on different clocks; below this nothing is worth marking.
const TOLERANCE_MS = 40;

// An ordinary speaking pace, where only words and times are known.
const CHARACTERS_PER_SECOND = 15;

/** False for audio of an answer that the user has stopped. */
export function acceptsAudio(
  heard: Heard,
  itemId: string,
  responseId: string | undefined,
): boolean {
  if (responseId !== undefined && heard.refused.has(responseId)) return false;
  return heard.items.get(itemId)?.cut !== true;
}

export function audioReceived(
  heard: Heard,
  itemId: string,
  responseId: string | undefined,
  ms: number,
): Heard {
  const known = heard.items.get(itemId);
  const item: HeardItem = {
    responseId: responseId ?? known?.responseId,
    receivedMs: (known?.receivedMs ?? 0) + ms,
    playedMs: known?.playedMs ?? 0,
    cut: false,
  };
  return { ...heard, items: new Map(heard.items).set(itemId, item) };
}

/**
 * Words of an answer that is spoken in a call, where no sound passes here: how long they will sound is
 * estimated. Of an answer that was stopped only the estimate grows.
 */
export function wordsReceived(
  heard: Heard,
  itemId: string,
  responseId: string | undefined,
  text: { readonly length: number; readonly isWhole: boolean },
): Heard {
  const known = heard.items.get(itemId);
  const ms = (text.length / CHARACTERS_PER_SECOND) * 1000;
  const item: HeardItem = {
    responseId: responseId ?? known?.responseId,
    receivedMs: Math.max(known?.playedMs ?? 0, text.isWhole ? ms : (known?.receivedMs ?? 0) + ms),
    playedMs: known?.playedMs ?? 0,
    cut: known?.cut ?? (responseId !== undefined && heard.refused.has(responseId)),
  };
  return { ...heard, items: new Map(heard.items).set(itemId, item) };
}

/** So much more of an answer was heard in a call; its items follow one another. */
export function callPlayed(heard: Heard, responseId: string, ms: number): Heard {
  for (const [itemId, item] of heard.items) {
    if (item.responseId !== responseId || item.cut || item.playedMs >= item.receivedMs) continue;
    const playedMs = Math.min(item.receivedMs, item.playedMs + ms);
    return { ...heard, items: new Map(heard.items).set(itemId, { ...item, playedMs }) };
  }
  return heard;
}

/** An answer was heard in a call to its end, whatever had been estimated. */
export function callFinished(heard: Heard, responseId: string): Heard {
  return changeItems(heard, (item) =>
    item.responseId === responseId && !item.cut ? { ...item, playedMs: item.receivedMs } : item,
  );
}

/** The provider says where it cut an item; that is better than any count of ours. */
export function callTruncated(heard: Heard, itemId: string, playedMs: number): Heard {
  const known = heard.items.get(itemId);
  if (known === undefined) return heard;
  const receivedMs = Math.max(known.receivedMs, playedMs);
  const item: HeardItem = { ...known, playedMs, receivedMs, cut: true };
  return { ...heard, items: new Map(heard.items).set(itemId, item) };
}

function changeItems(heard: Heard, change: (item: HeardItem) => HeardItem): Heard {
  const items = new Map(Array.from(heard.items, ([id, item]) => [id, change(item)] as const));
  return { ...heard, items };
}

/** Takes over positions from the player. They only grow: a late report cannot unsay what was said. */
export function audioPlayed(heard: Heard, playedMs: ReadonlyMap<string, number>): Heard {
  let items: Map<string, HeardItem> | undefined;
  for (const [itemId, ms] of playedMs) {
    const known = heard.items.get(itemId);
    if (known === undefined || known.cut || ms <= known.playedMs) continue;
    items ??= new Map(heard.items);
    items.set(itemId, { ...known, playedMs: Math.min(ms, known.receivedMs) });
  }
  return items === undefined ? heard : { ...heard, items };
}

export type HeardReport = { readonly itemId: string; readonly playedMs: number };

/** What the engine must be told when the user interrupts: every item that was not heard to its end. */
export function unfinishedItems(heard: Heard): readonly HeardReport[] {
  const unfinished: HeardReport[] = [];
  for (const [itemId, item] of heard.items) {
    if (!item.cut && item.receivedMs - item.playedMs > TOLERANCE_MS)
      unfinished.push({ itemId, playedMs: Math.round(item.playedMs) });
  }
  return unfinished;
}

/** Sound that has come in and is still to be heard. */
export function pendingMs(heard: Heard): number {
  let sum = 0;
  for (const item of heard.items.values())
    if (!item.cut) sum += Math.max(0, item.receivedMs - item.playedMs);
  return sum;
}

/** Stops everything not heard to its end, and the answer being made, for good. */
export function cutAll(heard: Heard, activeResponseId: string | undefined): Heard {
  const items = new Map(heard.items);
  const refused = new Set(heard.refused);
  if (activeResponseId !== undefined) refused.add(activeResponseId);
  for (const { itemId } of unfinishedItems(heard)) {
    const item = items.get(itemId);
    if (item === undefined) continue;
    items.set(itemId, { ...item, cut: true });
    if (item.responseId !== undefined) refused.add(item.responseId);
  }
  return { items, refused };
}

/** The share of an item's words that was heard, 0 to 1; 1 when there is nothing to tell apart. */
export function heardShare(item: HeardItem | undefined): number {
  if (item === undefined || item.receivedMs === 0) return 1;
  if (item.receivedMs - item.playedMs <= TOLERANCE_MS) return 1;
  return item.playedMs / item.receivedMs;
}

/** Splits words at a share of their length, never inside a word. */
export function splitAtShare(text: string, share: number): readonly [string, string] {
  if (share >= 1) return [text, ''];
  if (share <= 0) return ['', text];
  const target = Math.round(text.length * share);
  const before = text.lastIndexOf(' ', target) + 1;
  const nextSpace = text.indexOf(' ', target);
  const after = nextSpace === -1 ? text.length : nextSpace + 1;
  const cut = target - before <= after - target ? before : after;
  return [text.slice(0, cut), text.slice(cut)];
}

/** The same share for an answer from history, estimated from when it was stopped. */
export function estimatedShare(text: string, heardMs: number): number {
  const wholeMs = (text.length / CHARACTERS_PER_SECOND) * 1000;
  return wholeMs === 0 ? 1 : Math.min(1, heardMs / wholeMs);
}
