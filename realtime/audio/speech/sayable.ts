/** What is said for a text that has words, none of which this voice can pronounce. */
const UNREADABLE_NOTE = 'I can not read this script aloud. Please see the text.';

/** Latin letters that do not come apart into a letter and an accent. */
const LETTERS: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  Æ: 'Ae',
  œ: 'oe',
  Œ: 'Oe',
  ø: 'o',
  Ø: 'O',
  ł: 'l',
  Ł: 'L',
  đ: 'd',
  Đ: 'D',
  ð: 'd',
  Ð: 'D',
  þ: 'th',
  Þ: 'Th',
  ı: 'i',
};

const SYMBOLS: Readonly<Record<string, string>> = {
  '&': ' and ',
  '@': ' at ',
  '%': ' percent ',
  '+': ' plus ',
  '=': ' equals ',
  '<': ' less than ',
  '>': ' greater than ',
  '€': ' euros ',
  '£': ' pounds ',
  '¥': ' yen ',
  '°': ' degrees ',
  '×': ' times ',
  '÷': ' divided by ',
  '±': ' plus or minus ',
  '…': '... ',
  '—': ', ',
  '–': '-',
  '−': '-',
  '‘': "'",
  '’': "'",
  '“': '"',
  '”': '"',
};

/**
 * The plain ASCII words of a text, for a voice that only knows English spelling. Line ends stay.
 * Markup loses its marks, a block of code and a link are named instead of spelled out, accents go,
 * common symbols become words, emoji and other signs are left out. Words of other scripts are left
 * out of a text that has Latin ones too; a text with no other words becomes one short spoken note.
 */
export function toSayable(text: string): string {
  const plain = withoutMarkup(text)
    .replaceAll(/[ßæÆœŒøØłŁđĐðÐþÞı]/gu, (letter) => LETTERS[letter] ?? letter)
    .replaceAll(/[&@%+=<>€£¥°×÷±…—–−‘’“”]/gu, (symbol) => SYMBOLS[symbol] ?? symbol)
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '');
  const ascii = plain.replaceAll(/[^\n\x20-\x7e]/gu, ' ').replaceAll(/[*_~^|\\{}[\]`#]/gu, ' ');
  const tidy = ascii
    .replaceAll(/ *\n\s*/gu, '\n')
    .replaceAll(/ {2,}/gu, ' ')
    .trim();
  if (/[a-z0-9]/iu.test(tidy)) return tidy;
  return /\p{L}/u.test(plain) ? UNREADABLE_NOTE : '';
}

function withoutMarkup(text: string): string {
  return text
    .replaceAll(/```[\s\S]*?(?:```|$)/gu, '\nA block of code.\n')
    .replaceAll(/!?\[([^\]\n]*)\]\([^)\n]*\)/gu, '$1')
    .replaceAll(
      /https?:\/\/(?:www\.)?([a-z0-9.-]*[a-z0-9])[^\s)]*?(?=[.,;:!?]*(?:[\s)]|$))/giu,
      'a link to $1',
    )
    .replaceAll(/^[ \t]*(?:[-*+]|#{1,6}|>)[ \t]+/gmu, '');
}
