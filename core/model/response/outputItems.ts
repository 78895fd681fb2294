import { itemIdOf, ResponseItem } from '../contract/index.ts';

/**
 * Which item of a response an event speaks of. Servers name their items in three ways and keep to none:
 * a call by its `call_id`, which is the one name that has to be right, because its output is given
 * under it; any item by its id, which some servers leave out and gateways are known to change from
 * event to event; and by its place among the outputs, which some servers give as 0 for all. So a call is
 * known by its `call_id` alone, and other items by their kind with their id, else their place.
 */

/** An item that has begun, with what has come of it. */
export type OpenItem = {
  /** Ours: unique within the attempt, and the provider's own where that is. */
  readonly itemId: string;
  readonly givenId: string | undefined;
  readonly outputIndex: number | undefined;
  readonly item: ResponseItem;
  readonly text: string;
  readonly summary: readonly string[];
  readonly reasoning: readonly string[];
};

export type DoneItem = Pick<OpenItem, 'itemId' | 'givenId' | 'outputIndex' | 'item'>;

/** The items of one attempt, in the order they began and ended. */
export type OutputItems = {
  readonly open: readonly OpenItem[];
  readonly done: readonly DoneItem[];
};

/** Where an event says that it belongs. */
export type Place = {
  readonly id: string | undefined;
  readonly index: number | undefined;
};

/** The place in a stream event; for events that bring their item, `item` names it. */
export function placeOf(
  event: {
    readonly item_id?: string | null | undefined;
    readonly output_index?: number | null | undefined;
  },
  item?: ResponseItem,
): Place {
  const id = item === undefined ? event.item_id : itemIdOf(item);
  // An empty id names nothing.
  return { id: id === '' ? undefined : (id ?? undefined), index: event.output_index ?? undefined };
}

function kindOf(item: ResponseItem): string {
  return item.type === 'unknownItem' ? String(item.raw['type']) : item.type;
}

/** The name of a call; undefined for what is none. */
function callIdOf(item: ResponseItem): string | undefined {
  const callId = item.type === 'unknownItem' ? item.raw['call_id'] : callIdField(item);
  return typeof callId === 'string' ? callId : undefined;
}

function callIdField(item: ResponseItem): unknown {
  return 'call_id' in item ? item.call_id : undefined;
}

/** The open item that a delta belongs to: of several in one place, the one that began last. */
export function openForDelta(
  { open }: OutputItems,
  place: Place,
  kind: string,
): OpenItem | undefined {
  const isPeer = (other: OpenItem): boolean => other.item.type === kind;
  const named =
    place.id === undefined
      ? undefined
      : open.find((other) => isPeer(other) && other.givenId === place.id);
  if (named !== undefined) return named;
  if (place.index !== undefined) {
    return open.findLast((other) => isPeer(other) && other.outputIndex === place.index);
  }
  return place.id === undefined ? open.findLast(isPeer) : undefined;
}

/** The open item that a finished one closes: of several in one place, the one that began first. */
export function openForDone(
  { open }: OutputItems,
  place: Place,
  item: ResponseItem,
): OpenItem | undefined {
  const callId = callIdOf(item);
  const peers = open.filter(
    (other) => kindOf(other.item) === kindOf(item) && callIdOf(other.item) === callId,
  );
  if (callId !== undefined) return peers[0];
  const named = peers.find((other) => other.givenId !== undefined && other.givenId === place.id);
  if (named !== undefined) return named;
  if (place.index !== undefined) return peers.find((other) => other.outputIndex === place.index);
  return place.id === undefined ? peers.at(-1) : undefined;
}

/** True when an item is announced that is open already. */
export function isAnnounced(items: OutputItems, place: Place, item: ResponseItem): boolean {
  const known = openForDone(items, place, item);
  if (known === undefined) return false;
  if (callIdOf(item) !== undefined || place.index === undefined) return true;
  if (place.id !== undefined && known.givenId !== undefined) return place.id === known.givenId;
  // Without names only the order tells: what comes after words is not what the words belong to.
  return known.text === '' && known.summary.length === 0 && known.reasoning.length === 0;
}

/** True for an item that has been finished before. */
export function isFinished({ done }: OutputItems, place: Place, item: ResponseItem): boolean {
  const callId = callIdOf(item);
  return done.some((known) => {
    if (kindOf(known.item) !== kindOf(item)) return false;
    if (callId !== undefined) return callIdOf(known.item) === callId;
    if (place.id !== undefined && known.givenId === place.id) return true;
    if (place.index === undefined || known.outputIndex !== place.index) return false;
    return sameContent(known.item, item);
  });
}

/** True for a delta that comes after the end of its item. */
export function isLate({ done }: OutputItems, place: Place, kind: string): boolean {
  return done.some(
    (known) =>
      known.item.type === kind &&
      ((place.id !== undefined && known.givenId === place.id) ||
        (place.index !== undefined && known.outputIndex === place.index)),
  );
}

function sameContent(left: ResponseItem, right: ResponseItem): boolean {
  return JSON.stringify({ ...left, id: null }) === JSON.stringify({ ...right, id: null });
}

/** A new item; `idPrefix` makes its id where the provider gave none, or one that is taken. */
export function openItem(
  { open, done }: OutputItems,
  idPrefix: string,
  place: Place,
  item: ResponseItem,
): OpenItem {
  const isTaken = [...open, ...done].some(({ itemId }) => itemId === place.id);
  const made = `${idPrefix}_${open.length + done.length}`;
  return {
    itemId: place.id === undefined || isTaken ? made : place.id,
    givenId: place.id,
    outputIndex: place.index,
    item,
    text: '',
    summary: [],
    reasoning: [],
  };
}

/** What had come of an item when it ended before it was whole. */
export function partialItem(open: OpenItem): ResponseItem {
  const { item } = open;
  if (item.type === 'message') {
    return { ...item, content: [{ type: 'output_text', text: open.text }] };
  }
  if (item.type === 'reasoning') {
    return {
      ...item,
      summary: open.summary.map((text) => ({ type: 'summary_text', text })),
      ...(open.reasoning.length > 0 && {
        content: open.reasoning.map((text) => ({ type: 'reasoning_text', text })),
      }),
    };
  }
  return item;
}

/** The items of a whole response object, each with its place. */
export function outputsOf(
  output: readonly unknown[] | null | undefined,
): readonly { readonly place: Place; readonly item: ResponseItem }[] {
  return (output ?? []).flatMap((value, index) => {
    const item = ResponseItem.safeParse(value);
    if (!item.success) return [];
    return [{ place: placeOf({ output_index: index }, item.data), item: item.data }];
  });
}
