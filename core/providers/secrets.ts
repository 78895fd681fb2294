import { unescape } from 'node:querystring';

import type { LogFields, Logger } from '../platform/index.ts';
import type { Address } from './address.ts';

const HIDDEN = '[removed]';
/** Anything shorter is no secret, and could be a part of any word. */
const MIN_SECRET_LENGTH = 8;
/** Where a message was cut, so much of a secret gives it away; `sk-proj-` alone does not. */
const TELLING_LENGTH = 12;
const CUT_MARKS = ['…', '...'];
const MAX_DEPTH = 6;

/** What settings put into every request and anybody may know. */
const PUBLIC_NAMES: ReadonlySet<string> = new Set([
  'accept',
  'api-version',
  'content-type',
  'openai-beta',
  'originator',
  'user-agent',
]);

/**
 * All that providers were shown and nobody else may see, and how it is taken out of what leaves this
 * folder: a server may repeat any of it in the words of an error.
 */
export class Secrets {
  readonly #forms = new Set<string>();

  add(secret: string): void {
    // It comes back as it was, out of an address, or inside JSON.
    const forms = [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)];
    for (const form of forms) if (form.length >= MIN_SECRET_LENGTH) this.#forms.add(form);
  }

  /** Every value of a provider's own headers and parameters may be a key. */
  addAddress({ baseUrl, headers, queryParams }: Address): void {
    this.addUrl(baseUrl);
    this.#addValues([...Object.entries(headers), ...Object.entries(queryParams)]);
  }

  /** What an address brings along itself: a sign-in, and parameters that may be a signature. */
  addUrl(address: string): void {
    const url = URL.parse(address);
    if (url === null) return;
    this.#addValues(url.searchParams);
    // Unlike `decodeURIComponent` it takes whatever a person wrote.
    const [name, password] = [unescape(url.username), unescape(url.password)];
    this.add(password === '' ? name : password);
    if (name !== '') this.add(Buffer.from(`${name}:${password}`).toString('base64'));
  }

  #addValues(values: Iterable<readonly [name: string, value: string]>): void {
    for (const [name, value] of values) {
      if (PUBLIC_NAMES.has(name.toLowerCase())) continue;
      this.add(value);
      // "Bearer", "Basic" and their like are words of their own.
      this.add(value.slice(value.indexOf(' ') + 1));
    }
  }

  /** The text without them, and without the beginnings of those that were cut. */
  hide(text: string): string {
    let hidden = text;
    for (const secret of this.#forms) hidden = withoutSecret(hidden, secret);
    return hidden;
  }

  /**
   * Takes them out of every text of an error, its causes and what it carries. Done to the error
   * itself: whoever catches it branches on its class, and nobody else can know what it must not hold.
   */
  readonly hideIn = (error: unknown): void => {
    this.#hideWithin(error, MAX_DEPTH);
  };

  /** A log whose lines are without them. */
  hidingIn(log: Logger): Logger {
    const cleaned =
      (level: keyof Logger) =>
      (fields: LogFields, message: string): void => {
        log[level](this.#cleanFields(fields), this.hide(message));
      };
    return {
      error: cleaned('error'),
      warn: cleaned('warn'),
      info: cleaned('info'),
      debug: cleaned('debug'),
    };
  }

  #cleanFields(fields: LogFields): LogFields {
    return Object.fromEntries(
      Object.entries(fields).map(([name, value]) => {
        if (typeof value === 'string') return [name, this.hide(value)];
        if (value instanceof Error) this.hideIn(value);
        return [name, value];
      }),
    );
  }

  #hideWithin(holder: unknown, depth: number): void {
    if (typeof holder !== 'object' || holder === null || depth === 0) return;
    for (const name of Object.getOwnPropertyNames(holder)) {
      const value: unknown = Reflect.get(holder, name);
      if (typeof value === 'string') {
        const hidden = this.hide(value);
        if (hidden !== value) Reflect.set(holder, name, hidden);
      } else {
        this.#hideWithin(value, depth - 1);
      }
    }
  }
}

function withoutSecret(text: string, secret: string): string {
  const telling = secret.slice(0, TELLING_LENGTH);
  let hidden = '';
  let rest = 0;
  for (let at = text.indexOf(telling); at >= 0; at = text.indexOf(telling, rest)) {
    let length = telling.length;
    while (length < secret.length && text[at + length] === secret[length]) length += 1;
    hidden += text.slice(rest, at) + HIDDEN;
    rest = at + length;
  }
  return withoutCutEnd(hidden + text.slice(rest), telling);
}

/** What was cut off within the telling part ends the text, but for a mark of the cut. */
function withoutCutEnd(text: string, telling: string): string {
  const mark = CUT_MARKS.find((candidate) => text.endsWith(candidate)) ?? '';
  const end = text.length - mark.length;
  for (let length = telling.length - 1; length >= MIN_SECRET_LENGTH; length -= 1) {
    const start = end - length;
    if (text.startsWith(telling.slice(0, length), start)) {
      return text.slice(0, start) + HIDDEN + text.slice(end);
    }
  }
  return text;
}
