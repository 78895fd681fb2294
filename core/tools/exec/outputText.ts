import { randomBytes } from 'node:crypto';
import { stripVTControlCharacters } from 'node:util';

/** What a model reads of a program, about four characters a token. */
const CHARS_PER_TOKEN = 4;
const DEFAULT_TOKENS = 10_000;

/** Keeps the beginning and the end of a text that may be of any length. */
export class HeadAndTail {
  readonly #halfChars: number;
  #head = '';
  #tail: string[] = [];
  #tailChars = 0;
  #totalChars = 0;

  constructor(limitChars: number) {
    this.#halfChars = Math.floor(limitChars / 2);
  }

  append(text: string): void {
    this.#totalChars += text.length;
    const room = this.#halfChars - this.#head.length;
    if (room > 0) this.#head += text.slice(0, room);
    const rest = room > 0 ? text.slice(room) : text;
    if (rest === '') return;
    this.#tail.push(rest);
    this.#tailChars += rest.length;
    for (
      let first = this.#tail[0];
      first !== undefined && this.#tailChars - first.length >= this.#halfChars;
      first = this.#tail[0]
    ) {
      this.#tail.shift();
      this.#tailChars -= first.length;
    }
  }

  get text(): string {
    const tail = this.#tail.join('').slice(-this.#halfChars);
    const omitted = this.#totalChars - this.#head.length - tail.length;
    return omitted > 0 ? `${this.#head}${omission(omitted)}${tail}` : this.#head + tail;
  }
}

const omission = (chars: number): string => `\n[… ${chars} characters are left out here …]\n`;

/** What the model is told a program has printed and how it stands (responses §12.3). */
export type ExecReport = {
  readonly wallTimeMs: number;
  readonly state:
    | { readonly type: 'exited'; readonly exitCode: number }
    | { readonly type: 'running'; readonly processId: number };
  /** As it was printed. */
  readonly output: string;
  readonly maxTokens: number | undefined;
};

export function reportText({ wallTimeMs, state, output, maxTokens }: ExecReport): string {
  const plain = plainText(output);
  return [
    `Chunk ID: ${randomBytes(3).toString('hex')}`,
    `Wall time: ${(wallTimeMs / 1000).toFixed(4)} seconds`,
    state.type === 'exited'
      ? `Process exited with code ${state.exitCode}`
      : `Process running with session ID ${state.processId}`,
    `Original token count: ${Math.ceil(plain.length / CHARS_PER_TOKEN)}`,
    'Output:',
    within(plain, maxTokens ?? DEFAULT_TOKENS),
  ].join('\n');
}

function within(text: string, maxTokens: number): string {
  const bound = new HeadAndTail(Math.max(0, maxTokens) * CHARS_PER_TOKEN);
  bound.append(text);
  return bound.text;
}

/** Other than line ends and tabs. */
// oxlint-disable-next-line no-control-regex -- it is what they are taken out by
const CONTROLS = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F]/gu;

/** A text as it would be read: without what moves, colours and erases, and of a line that was written over the last. */
export function plainText(printed: string): string {
  return stripVTControlCharacters(printed)
    .replaceAll(/\r+\n/gu, '\n')
    .split('\n')
    .map((line) => line.slice(line.replace(/\r+$/u, '').lastIndexOf('\r') + 1))
    .join('\n')
    .replaceAll(CONTROLS, '');
}
