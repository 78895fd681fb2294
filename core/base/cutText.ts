const graphemes = new Intl.Segmenter();

/** The beginning of a text, at most so long, cut between two of what people see as characters. */
export function textHead(text: string, limitChars: number): string {
  return text.slice(0, graphemes.segment(text).containing(limitChars)?.index);
}

/** The same with a mark where something was left out. */
export function shortened(text: string, limitChars: number): string {
  return text.length > limitChars ? `${textHead(text, limitChars)}…` : text;
}

/** The end of a text, cut in the same way. */
export function textTail(text: string, limitChars: number): string {
  const from = text.length - limitChars;
  const cut = from > 0 ? graphemes.segment(text).containing(from) : undefined;
  if (cut === undefined) return text;
  return text.slice(cut.index === from ? from : cut.index + cut.segment.length);
}
