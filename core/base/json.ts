/**
 * How deep JSON from outside may be nested: where parsers of other languages stop, too (app-server §1).
 * JSON.parse itself has no such bound, but writing such a value again, or walking it, overflows the stack.
 */
export const MAX_JSON_DEPTH = 128;

/** What a text holds, or what is wrong with it, in words that follow a subject ("The body is ..."). */
type ParsedJson =
  | { readonly value: unknown }
  | { readonly code: 'tooDeep' | 'notJson'; readonly problem: string };

const TOO_DEEP = `is nested deeper than ${MAX_JSON_DEPTH} levels`;

/** JSON.parse for whatever comes from outside; never throws. Linear in the length of the text. */
export function parseJson(text: string): ParsedJson {
  if (isTextTooDeep(text)) return { code: 'tooDeep', problem: TOO_DEEP };
  try {
    return { value: JSON.parse(withoutByteOrderMark(text)) };
  } catch {
    return { code: 'notJson', problem: 'is not valid JSON' };
  }
}

/** Programs on Windows put a byte order mark in front of text, which neither JSON nor TOML knows. */
export const withoutByteOrderMark = (text: string): string =>
  text.startsWith('\uFEFF') ? text.slice(1) : text;

/** The same bound for a value that came as an object; `undefined` when it keeps it. */
export function depthProblem(value: unknown): string | undefined {
  return isValueTooDeep(value, MAX_JSON_DEPTH) ? TOO_DEEP : undefined;
}

const QUOTE = 34;
const OPEN_BRACKET = 91;
const BACKSLASH = 92;
const CLOSE_BRACKET = 93;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;

/** Counts brackets outside strings; a text that is no JSON is judged by JSON.parse afterwards. */
function isTextTooDeep(text: string): boolean {
  if (text.length <= MAX_JSON_DEPTH) return false;
  let depth = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === QUOTE) {
      index = endOfString(text, index);
    } else if (code === OPEN_BRACKET || code === OPEN_BRACE) {
      depth += 1;
      if (depth > MAX_JSON_DEPTH) return true;
    } else if (code === CLOSE_BRACKET || code === CLOSE_BRACE) {
      depth -= 1;
    }
  }
  return false;
}

/** Where the string that begins here ends. Sound and images are one long string, so it is searched for. */
function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (end !== -1 && isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end === -1 ? text.length : end;
}

function isEscaped(text: string, quote: number): boolean {
  let before = quote - 1;
  while (text.charCodeAt(before) === BACKSLASH) before -= 1;
  return (quote - before) % 2 === 0;
}

function isValueTooDeep(value: unknown, levelsLeft: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levelsLeft === 0) return true;
  return Object.values(value).some((part) => isValueTooDeep(part, levelsLeft - 1));
}
