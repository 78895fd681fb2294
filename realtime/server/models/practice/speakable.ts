/** What is for the eyes: code, tables, quotations, and remarks (lines that are italic as a whole). */
const FOR_THE_EYES = /^```[\s\S]*?^```$|^\|.*$|^>.*$|^\*[^*\n]+\*$/gmu;

/**
 * The words of a Markdown text as one would say them: no marks, and nothing that is for the eyes.
 * A text that is nothing but those is said as it stands.
 */
export function speakable(markdown: string): string {
  const words = inOneLine(
    markdown
      .replaceAll(FOR_THE_EYES, ' ')
      .replaceAll(/^\s*(?:#{1,6}|[-*+]|\d+\.)\s+/gmu, '')
      .replaceAll(/!?\[([^\]]*)\]\([^)]*\)/gu, '$1')
      .replaceAll(/(?<![\p{L}\p{N}])[*_]{1,3}(?=\S)|(?<=\S)[*_]{1,3}(?![\p{L}\p{N}])/gu, '')
      .replaceAll('`', ''),
  );
  return words === '' ? inOneLine(markdown) : words;
}

const inOneLine = (text: string): string => text.trim().replaceAll(/\s+/gu, ' ');
