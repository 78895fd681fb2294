import { parse } from 'smol-toml';

export type KeyPath = readonly string[];
export type Table = Readonly<Record<string, unknown>>;

/** True for a table; lists, dates and scalars are values. */
export function isTable(value: unknown): value is Table {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date)
  );
}

/** Splits a dotted TOML key, quoted parts included; undefined when it is not one key. */
export function parseKeyPath(text: string): KeyPath | undefined {
  let node: unknown;
  try {
    node = parse(`${text} = 0`);
  } catch {
    return undefined;
  }
  const path: string[] = [];
  while (isTable(node)) {
    const [entry, ...more] = Object.entries(node);
    // More than one entry means that the text smuggled in a second line.
    if (entry === undefined || more.length > 0) return undefined;
    path.push(entry[0]);
    node = entry[1];
  }
  return path;
}

/** Writes a path the way it would stand in the file. */
export function formatKeyPath(path: readonly PropertyKey[]): string {
  return path
    .map((part) => {
      const text = String(part);
      return /^[\w-]+$/.test(text) ? text : JSON.stringify(text);
    })
    .join('.');
}

/** The value under a path, or undefined. */
export function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  let node: unknown = root;
  for (const part of path) {
    if (typeof node !== 'object' || node === null || !Object.hasOwn(node, part)) return undefined;
    node = Reflect.get(node, part);
  }
  return node;
}

/** A table with `value` at `path` and nothing else. */
export function nest(path: KeyPath, value: unknown): Table {
  const [first, ...rest] = path;
  if (first === undefined) return {};
  // `fromEntries` defines a plain property also for a name like `__proto__`.
  return Object.fromEntries([[first, rest.length === 0 ? value : nest(rest, value)]]);
}

/** Lays `upper` over `lower`: tables merge, everything else is replaced. */
export function mergeTables(lower: Table, upper: Table): Table {
  const merged = new Map<string, unknown>(Object.entries(lower));
  for (const [key, value] of Object.entries(upper)) {
    const below = merged.get(key);
    merged.set(key, isTable(below) && isTable(value) ? mergeTables(below, value) : value);
  }
  return Object.fromEntries(merged);
}
