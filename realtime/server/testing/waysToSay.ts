import type { Grammar } from '../../audio/recognition/index.ts';

/** Every way to say what a grammar has, with these for each slot; what may be repeated is said once. */
export function waysToSay(grammar: Grammar, fillings: readonly string[]): readonly string[] {
  switch (grammar.type) {
    case 'words':
      return [grammar.text];
    case 'slot':
      return fillings;
    case 'optional':
      return ['', ...waysToSay(grammar.of, fillings)];
    case 'repeat':
      return waysToSay(grammar.of, fillings);
    case 'choice':
      return grammar.of.flatMap((option) => waysToSay(option, fillings));
    case 'sequence':
      return grammar.of
        .map((part) => waysToSay(part, fillings))
        .reduce((before, after) => before.flatMap((start) => after.map((end) => join(start, end))));
  }
}

/** An elided word is written together with the next one. */
function join(start: string, end: string): string {
  if (start === '' || end === '') return start + end;
  return start.endsWith("'") ? start + end : `${start} ${end}`;
}
