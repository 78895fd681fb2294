import type { FiledRecord } from '../index.ts';

/** A record as a file of ours gives it back. */
export function filed(raw: object): FiledRecord {
  const { type, ...payload }: { readonly type?: unknown } = raw;
  const json = JSON.stringify(payload);
  return {
    type: String(type),
    wordsBehind: (beginnings) => {
      const words: string[] = [];
      let rest = json;
      for (const beginning of beginnings) {
        if (!rest.startsWith(beginning)) return undefined;
        const word = rest.slice(beginning.length).split('"', 1).join('');
        words.push(word);
        rest = rest.slice(beginning.length + word.length);
      }
      return words;
    },
    read: () => raw,
  };
}
