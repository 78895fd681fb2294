let graphemes: Intl.Segmenter | undefined;

/** Made when a text is first cut: its rules take ten milliseconds to load, and most processes cut none. */
const segmentsOf = (text: string): Intl.Segments =>
  (graphemes ??= new Intl.Segmenter()).segment(text);

/** The beginning of a text, at most so long, cut between two of what people see as characters. */
export function textHead(text: string, limitChars: number): string {
  return text.length > limitChars
    ? text.slice(0, segmentsOf(text).containing(limitChars)?.index)
    : text;
}

/** The same with a mark where something was left out. */
export function shortened(text: string, limitChars: number): string {
  return text.length > limitChars ? `${textHead(text, limitChars)}…` : text;
}

/** The end of a text, cut in the same way. */
export function textTail(text: string, limitChars: number): string {
  const from = text.length - limitChars;
  const cut = from > 0 ? segmentsOf(text).containing(from) : undefined;
  if (cut === undefined) return text;
  return text.slice(cut.index === from ? from : cut.index + cut.segment.length);
}
