import { redact } from '../platform/index.ts';
import { isTable, type Table } from './toml/index.ts';

/** What stands in place of a secret. */
export const HIDDEN = '[hidden]';

/** A name that ends like this holds a secret itself; `env_key` and its like only say where one is. */
const SECRET_NAME =
  /(?:^|[_-])(?:token|secret|password|passwd|api[_-]?key|authorization|cookie|credentials?)$/iu;
/** Tables and lists whose values may all be secrets. */
const SECRET_BAGS: ReadonlySet<string> = new Set([
  'http_headers',
  'headers',
  'query_params',
  'env',
  'set',
  'args',
]);

/** Settings as a client may see them: complete, but with every possible secret replaced by a mark. */
export function hideSecrets(table: Table): Table {
  return Object.fromEntries(
    Object.entries(table).map(([name, value]) => {
      const isSecret = SECRET_NAME.test(name) || SECRET_BAGS.has(name);
      return [name, isSecret ? hideAll(value) : hideWithin(value)];
    }),
  );
}

function hideWithin(value: unknown): unknown {
  if (isTable(value)) return hideSecrets(value);
  if (Array.isArray(value)) return value.map(hideWithin);
  return typeof value === 'string' ? hideInText(value) : value;
}

function hideAll(value: unknown): unknown {
  if (isTable(value)) {
    return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, hideAll(field)]));
  }
  if (Array.isArray(value)) return value.map(hideAll);
  return typeof value === 'string' ? HIDDEN : value;
}

/** A key inside a sentence, and what an address brings along: a sign-in, and parameters that may be a signature. */
function hideInText(text: string): string {
  const cleaned = redact(text);
  // Long texts come back cut; they are people's own instructions, and shown whole.
  const safe = typeof cleaned === 'string' && cleaned.includes('[removed]') ? cleaned : text;
  return safe
    .replace(/^(\w+:\/\/)[^/?#\s]+@/u, `$1${HIDDEN}@`)
    .replace(/^(\w+:\/\/[^?#\s]*\?)[^#\s]+/u, `$1${HIDDEN}`);
}
