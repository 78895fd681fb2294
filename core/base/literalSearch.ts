import { textHead, textTail } from './cutText.ts';

const BEFORE_CHARS = 48;
const AFTER_CHARS = 96;
/** White space is drawn together, so more of the text may be needed for that much of it. */
const SPACE_FOR_WHITE = 4;

/**
 * A text in which case says nothing, each character where it was: what changes its length when it is made small, as
 * few letters do, stays as it is.
 */
export function foldCase(text: string): string {
  const small = text.toLowerCase();
  const folded = small.length === text.length ? small : Array.from(text, foldOne).join('');
  // How it is written at the end of a word.
  return folded.replaceAll('ς', 'σ');
}

function foldOne(character: string): string {
  const small = character.toLowerCase();
  return small.length === character.length ? small : character;
}

/** A piece of a text with something that was found in it, in UTF-16 units of the piece. */
export type Excerpt = { readonly text: string; readonly start: number; readonly end: number };

/** What was found at a place of a text, with some words around it, in one line. */
export function excerptAt(text: string, from: number, length: number): Excerpt {
  const until = from + length;
  const window = SPACE_FOR_WHITE * AFTER_CHARS;
  const before = inOneLine(text.slice(Math.max(0, from - window), from)).trimStart();
  const after = inOneLine(text.slice(until, until + window)).trimEnd();
  const [near, next] = [textTail(before, BEFORE_CHARS), textHead(after, AFTER_CHARS)];
  const head = near.length < before.length || from > window ? `... ${near}` : near;
  const tail = next.length < after.length || until + window < text.length ? `${next} ...` : next;
  const found = inOneLine(text.slice(from, until));
  return { text: head + found + tail, start: head.length, end: head.length + found.length };
}

const inOneLine = (text: string): string => text.replaceAll(/\s+/gu, ' ');

/** Where a text has a term, which is folded already; what overlaps counts once. */
export function* placesOf(foldedTerm: string, text: string): Generator<number> {
  const folded = foldCase(text);
  let place = folded.indexOf(foldedTerm);
  while (place !== -1) {
    yield place;
    place = folded.indexOf(foldedTerm, place + foldedTerm.length);
  }
}
