const TOKEN = /\s*(?:(?<number>\d+(?:\.\d+)?)|(?<sign>[-+*/()]))/uy;

/**
 * The value of a sum in words or signs ("3 plus 4 times 2", "(1 + 2) / 4"); `undefined` when the text
 * is anything else, a lone number included. Dividing by zero gives an infinite or undefined number.
 */
export function calculate(text: string): number | undefined {
  const tokens = tokenise(
    text
      .replaceAll(/\bplus\b/giu, '+')
      .replaceAll(/\bminus\b/giu, '-')
      .replaceAll(/\b(?:times|multiplied by)\b|×/giu, '*')
      .replaceAll(/\b(?:divided by|over)\b|÷/giu, '/'),
  );
  if (tokens === undefined || tokens.length < 3) return undefined;
  const parser = new SumParser(tokens);
  const value = parser.sum();
  return parser.finished ? value : undefined;
}

function tokenise(text: string): readonly string[] | undefined {
  const tokens: string[] = [];
  const rest = text.trim();
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < rest.length) {
    const groups = TOKEN.exec(rest)?.groups;
    if (groups === undefined) return undefined;
    tokens.push(groups['number'] ?? groups['sign'] ?? '');
  }
  return tokens;
}

class SumParser {
  readonly #tokens: readonly string[];
  #at = 0;

  constructor(tokens: readonly string[]) {
    this.#tokens = tokens;
  }

  get finished(): boolean {
    return this.#at === this.#tokens.length;
  }

  sum(): number | undefined {
    let value = this.#product();
    for (let sign = this.#accept('+', '-'); sign !== undefined; sign = this.#accept('+', '-')) {
      const next = this.#product();
      if (value === undefined || next === undefined) return undefined;
      value = sign === '+' ? value + next : value - next;
    }
    return value;
  }

  #product(): number | undefined {
    let value = this.#factor();
    for (let sign = this.#accept('*', '/'); sign !== undefined; sign = this.#accept('*', '/')) {
      const next = this.#factor();
      if (value === undefined || next === undefined) return undefined;
      value = sign === '*' ? value * next : value / next;
    }
    return value;
  }

  #factor(): number | undefined {
    if (this.#accept('-') !== undefined) {
      const value = this.#factor();
      return value === undefined ? undefined : -value;
    }
    if (this.#accept('(') !== undefined) {
      const value = this.sum();
      return this.#accept(')') === undefined ? undefined : value;
    }
    const token = this.#tokens[this.#at] ?? '';
    if (!/^\d/u.test(token)) return undefined;
    this.#at += 1;
    return Number(token);
  }

  #accept(...signs: readonly string[]): string | undefined {
    const token = this.#tokens[this.#at];
    if (token === undefined || !signs.includes(token)) return undefined;
    this.#at += 1;
    return token;
  }
}
