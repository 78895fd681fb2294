/**
 * Evaluates + - * / ^ and brackets over decimal numbers, by recursive descent. Undefined for anything
 * that is not such an expression; dividing by zero gives an infinite number or none (NaN).
 */
export function evaluate(expression: string): number | undefined {
  const tokens = expression.match(/\d+(?:\.\d+)?|\.\d+|[-+*/^()]|\S/gu) ?? [];
  let position = 0;
  let isExpression = true;
  const accept = (...wanted: string[]): string | undefined => {
    const token = tokens[position];
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
      isExpression &&= accept(')') !== undefined;
      return value;
    }
    const token = tokens[position] ?? '';
    position += 1;
    isExpression &&= /^[\d.]/u.test(token);
    return Number(token);
  };

  const value = sum();
  return isExpression && position === tokens.length ? value : undefined;
}

/** A number as people write it: no more digits than are certain. */
export function formatNumber(value: number): string {
  return String(Number(value.toPrecision(15)));
}
