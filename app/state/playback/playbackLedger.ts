/** How much of one spoken item has come in and how much of it was really heard. */
export type LedgerItem = {
  readonly responseId: string | undefined;
  readonly receivedMs: number;
  readonly playedMs: number;
  /** The user stopped it; the rest will never be heard. */
  readonly cut: boolean;
};

export type PlaybackLedger = {
  readonly items: ReadonlyMap<string, LedgerItem>;
  /** Answers that were stopped: their late audio is refused. */
  readonly refused: ReadonlySet<string>;
};

export const emptyLedger: PlaybackLedger = { items: new Map(), refused: new Set() };

// Played and received are counted on different clocks; below this nothing is worth marking.
const TOLERANCE_MS = 40;

// An ordinary speaking pace, where only words and times are known.
const CHARACTERS_PER_SECOND = 15;

/** False for audio of an answer that the user has stopped. */
export function acceptsAudio(
  ledger: PlaybackLedger,
  itemId: string,
  responseId: string | undefined,
): boolean {
  if (responseId !== undefined && ledger.refused.has(responseId)) return false;
  return ledger.items.get(itemId)?.cut !== true;
}

export function audioReceived(
  ledger: PlaybackLedger,
  itemId: string,
  responseId: string | undefined,
  ms: number,
): PlaybackLedger {
  const known = ledger.items.get(itemId);
  const item: LedgerItem = {
    responseId: responseId ?? known?.responseId,
    receivedMs: (known?.receivedMs ?? 0) + ms,
    playedMs: known?.playedMs ?? 0,
    cut: false,
  };
  return { ...ledger, items: new Map(ledger.items).set(itemId, item) };
}

/**
 * Words of an answer that is spoken in a call, where no sound passes here: how long they will sound is
 * estimated. Of an answer that was stopped only the estimate grows.
 */
export function wordsReceived(
  ledger: PlaybackLedger,
  itemId: string,
  responseId: string | undefined,
  text: { readonly length: number; readonly isWhole: boolean },
): PlaybackLedger {
  const known = ledger.items.get(itemId);
  const ms = (text.length / CHARACTERS_PER_SECOND) * 1000;
  const item: LedgerItem = {
    responseId: responseId ?? known?.responseId,
    receivedMs: Math.max(known?.playedMs ?? 0, text.isWhole ? ms : (known?.receivedMs ?? 0) + ms),
    playedMs: known?.playedMs ?? 0,
    cut: known?.cut ?? (responseId !== undefined && ledger.refused.has(responseId)),
  };
  return { ...ledger, items: new Map(ledger.items).set(itemId, item) };
}

/** So much more of an answer was heard in a call; its items follow one another. */
export function callPlayed(ledger: PlaybackLedger, responseId: string, ms: number): PlaybackLedger {
  for (const [itemId, item] of ledger.items) {
    if (item.responseId !== responseId || item.cut || item.playedMs >= item.receivedMs) continue;
    const playedMs = Math.min(item.receivedMs, item.playedMs + ms);
    return { ...ledger, items: new Map(ledger.items).set(itemId, { ...item, playedMs }) };
  }
  return ledger;
}

/** An answer was heard in a call to its end, whatever had been estimated. */
export function callFinished(ledger: PlaybackLedger, responseId: string): PlaybackLedger {
  return changeItems(ledger, (item) =>
    item.responseId === responseId && !item.cut ? { ...item, playedMs: item.receivedMs } : item,
  );
}

/** The provider says where it cut an item; that is better than any count of ours. */
export function callTruncated(
  ledger: PlaybackLedger,
  itemId: string,
  playedMs: number,
): PlaybackLedger {
  const known = ledger.items.get(itemId);
  if (known === undefined) return ledger;
  const receivedMs = Math.max(known.receivedMs, playedMs);
  const item: LedgerItem = { ...known, playedMs, receivedMs, cut: true };
  return { ...ledger, items: new Map(ledger.items).set(itemId, item) };
}

function changeItems(
  ledger: PlaybackLedger,
  change: (item: LedgerItem) => LedgerItem,
): PlaybackLedger {
  const items = new Map(Array.from(ledger.items, ([id, item]) => [id, change(item)] as const));
  return { ...ledger, items };
}

/** Takes over positions from the player. They only grow: a late report cannot unsay what was said. */
export function audioPlayed(
  ledger: PlaybackLedger,
  playedMs: ReadonlyMap<string, number>,
): PlaybackLedger {
  let items: Map<string, LedgerItem> | undefined;
  for (const [itemId, ms] of playedMs) {
    const known = ledger.items.get(itemId);
    if (known === undefined || known.cut || ms <= known.playedMs) continue;
    items ??= new Map(ledger.items);
    items.set(itemId, { ...known, playedMs: Math.min(ms, known.receivedMs) });
  }
  return items === undefined ? ledger : { ...ledger, items };
}

export type HeardReport = { readonly itemId: string; readonly playedMs: number };

/** What the engine must be told when the user interrupts: every item that was not heard to its end. */
export function unfinishedItems(ledger: PlaybackLedger): readonly HeardReport[] {
  const unfinished: HeardReport[] = [];
  for (const [itemId, item] of ledger.items) {
    if (!item.cut && item.receivedMs - item.playedMs > TOLERANCE_MS)
      unfinished.push({ itemId, playedMs: Math.round(item.playedMs) });
  }
  return unfinished;
}

/** Sound that has come in and is still to be heard. */
export function pendingMs(ledger: PlaybackLedger): number {
  let sum = 0;
  for (const item of ledger.items.values())
    if (!item.cut) sum += Math.max(0, item.receivedMs - item.playedMs);
  return sum;
}

/** Stops everything not heard to its end, and the answer being made, for good. */
export function cutAll(
  ledger: PlaybackLedger,
  activeResponseId: string | undefined,
): PlaybackLedger {
  const items = new Map(ledger.items);
  const refused = new Set(ledger.refused);
  if (activeResponseId !== undefined) refused.add(activeResponseId);
  for (const { itemId } of unfinishedItems(ledger)) {
    const item = items.get(itemId);
    if (item === undefined) continue;
    items.set(itemId, { ...item, cut: true });
    if (item.responseId !== undefined) refused.add(item.responseId);
  }
  return { items, refused };
}

/** The share of an item's words that was heard, 0 to 1; 1 when there is nothing to tell apart. */
export function heardShare(item: LedgerItem | undefined): number {
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
