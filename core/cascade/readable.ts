/** What is to be read out of a text with Markdown in it, which models write whatever they are told. */
export function readable(text: string): string {
  return text
    .replaceAll(/!?\[(?<words>[^\]]*)\]\([^)\s]*\)/gu, '$<words>')
    .replaceAll(/(?<=^|\n)\s*(?:#{1,6}|>|[-*+])\s+/gu, '')
    .replaceAll(/\*{1,3}(?=\S)(?<words>[^*]+)(?<=\S)\*{1,3}/gu, '$<words>')
    .replaceAll(/`+/gu, '')
    .trim();
}
