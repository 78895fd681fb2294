import { itemForWire, type ResponseItem } from '../contract/index.ts';

/** What is longer is mostly a picture, of which no second copy is to stay in memory. */
const MAX_KEPT_CHARACTERS = 64 * 1024;

/**
 * Remembers the text that `make` makes of an item, as long as there is the item: every request brings all that
 * was said before once more, and an item never changes.
 */
export function keptTexts(make: (item: ResponseItem) => string): (item: ResponseItem) => string {
  const texts = new WeakMap<ResponseItem, string>();
  return (item) => {
    const known = texts.get(item);
    if (known !== undefined) return known;
    const text = make(item);
    if (text.length <= MAX_KEPT_CHARACTERS) texts.set(item, text);
    return text;
  };
}

/** An item as it goes over the wire. */
export const itemText = keptTexts((item) => JSON.stringify(itemForWire(item)));
