import {
  choice,
  type Grammar,
  optional,
  sequence,
  slot,
  words,
} from '../../../audio/recognition/index.ts';

const TOKEN = /<\w+>|[[\]()|]|[^\s[\]()|]+/gu;

/**
 * Reads what can be said, as people write it: words; `[maybe]`; `(one | another)`; `<number>`, `<smallNumber>`,
 * `<ordinal>`, `<date>`, `<time>`, and the `<name>` of a filling. Throws on what is none, which is a fault of ours.
 */
export function phrase(
  notation: string,
  fillings: Readonly<Record<string, Grammar>> = {},
): Grammar {
  const tokens = notation.match(TOKEN) ?? [];
  let position = 0;
  const fail = (): never => {
    throw new Error(`Not a phrase: ${notation}`);
  };
  const either = (end: string | undefined): Grammar => {
    const options = [inARow()];
    while (tokens[position] === '|') {
      position += 1;
      options.push(inARow());
    }
    if (tokens[position] !== end) fail();
    position += 1;
    return single(options) ?? choice(...options);
  };
  const inARow = (): Grammar => {
    const parts: Grammar[] = [];
    for (let token = tokens[position]; isStart(token); token = tokens[position]) {
      position += 1;
      parts.push(part(token));
    }
    if (parts.length === 0) fail();
    return single(parts) ?? sequence(...parts);
  };
  const part = (token: string): Grammar => {
    if (token === '(') return either(')');
    if (token === '[') return optional(either(']'));
    const name = /^<(?<name>\w+)>$/u.exec(token)?.groups?.['name'];
    return name === undefined ? words(token) : (fillings[name] ?? slotNamed(name) ?? fail());
  };
  return either(undefined);
}

function isStart(token: string | undefined): token is string {
  return token !== undefined && token !== '|' && token !== ')' && token !== ']';
}

function single(parts: readonly Grammar[]): Grammar | undefined {
  return parts.length === 1 ? parts[0] : undefined;
}

function slotNamed(name: string): Grammar | undefined {
  switch (name) {
    case 'number':
    case 'smallNumber':
    case 'ordinal':
    case 'date':
    case 'time':
      return slot(name);
    default:
      return undefined;
  }
}
