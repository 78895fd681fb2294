/**
 * Evaluates + - * / ^ and brackets over decimal numbers, by recursive descent.
 * Returns undefined for anything that is not such an expression, and for results no number can hold.
 */
export function evaluate(expression: string): number | undefined {
  const tokens = expression.match(/\d+(?:\.\d+)?|\.\d+|[-+*/^()]|\S/gu) ?? [];
  let position = 0;
  const peek = (): string | undefined => tokens[position];
  const accept = (...wanted: string[]): string | undefined => {
    const token = peek();
    if (token === undefined || !wanted.includes(token)) return undefined;
    position += 1;
    return token;
  };

  const sum = (): number => {
    let value = product();
    for (let sign = accept('+', '-'); sign !== undefined; sign = accept('+', '-')) {
      const right = product();
      value = sign === '+' ? value + right : value - right;
    }
    return value;
  };
  const product = (): number => {
    let value = signed();
    for (let sign = accept('*', '/'); sign !== undefined; sign = accept('*', '/')) {
      const right = signed();
      value = sign === '*' ? value * right : value / right;
    }
    return value;
  };
  const signed = (): number => (accept('-') === undefined ? power() : -signed());
  const power = (): number => {
    const base = atom();
    return accept('^') === undefined ? base : base ** signed();
  };
  const atom = (): number => {
    if (accept('(') !== undefined) {
      const value = sum();
      return accept(')') === undefined ? Number.NaN : value;
    }
    const token = peek();
    position += 1;
    return token !== undefined && /^[\d.]/u.test(token) ? Number(token) : Number.NaN;
  };

  const value = sum();
  return position === tokens.length && Number.isFinite(value) ? value : undefined;
}

/** A number as people write it: no more digits than are certain. */
export function formatNumber(value: number): string {
  return String(Number(value.toPrecision(15)));
}
