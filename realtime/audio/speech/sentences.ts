import { sentencesOf } from '../sentences/index.ts';
import { toSayable } from './sayable.ts';

/** A piece to be synthesised at once, and how long the voice rests after it if more follows. */
export type SpeechPiece = { readonly text: string; readonly pauseMs: number };

/** The voice returns nothing until a piece is done, so a piece is at most a long sentence. */
const MAX_PIECE_CHARACTERS = 200;
const SENTENCE_PAUSE_MS = 220;
const CLAUSE_PAUSE_MS = 120;
/** Words run on; the cut was only made because the sentence was too long. */
const NO_PAUSE_MS = 0;

/** Cuts a text of any length into pieces for the voice; none for a text with nothing to say. */
export function splitForSpeech(text: string): readonly SpeechPiece[] {
  return toSayable(text)
    .split('\n')
    .flatMap(sentencesOf)
    .filter((sentence) => /[a-z0-9]/iu.test(sentence))
    .flatMap(piecesOf);
}

function piecesOf(sentence: string): readonly SpeechPiece[] {
  const pieces: SpeechPiece[] = [];
  let rest = sentence.trim();
  while (rest.length > MAX_PIECE_CHARACTERS) {
    const { end, pauseMs } = cutIn(rest.slice(0, MAX_PIECE_CHARACTERS));
    pieces.push({ text: rest.slice(0, end).trim(), pauseMs });
    rest = rest.slice(end).trim();
  }
  if (rest !== '') pieces.push({ text: rest, pauseMs: SENTENCE_PAUSE_MS });
  return pieces;
}

/** Where to cut: after the last clause, else at the last space, else in the middle of a word. */
function cutIn(window: string): { end: number; pauseMs: number } {
  const clause = /^.*[,;:]\s/su.exec(window)?.[0].length;
  if (clause !== undefined) return { end: clause, pauseMs: CLAUSE_PAUSE_MS };
  const space = window.lastIndexOf(' ');
  return { end: space > 0 ? space : window.length, pauseMs: NO_PAUSE_MS };
}
