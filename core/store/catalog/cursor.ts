import * as z from 'zod';

import { InvalidCursorError } from '../errors.ts';
import type { ThreadSortKey } from '../types.ts';

/** A place between two rows of a sorted list: right behind the row with this value and id. */
export type CursorPlace = { readonly valueMs: number; readonly id: string };

const Cursor = z.tuple([z.enum(['created_at', 'updated_at']), z.int(), z.string()]);

export function encodeCursor(sortKey: ThreadSortKey, { valueMs, id }: CursorPlace): string {
  return Buffer.from(JSON.stringify([sortKey, valueMs, id])).toString('base64url');
}

/** Throws InvalidCursorError for text this module did not write for the same sort key. */
export function decodeCursor(sortKey: ThreadSortKey, cursor: string): CursorPlace {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    throw new InvalidCursorError(cursor);
  }
  const parsed = Cursor.safeParse(value);
  if (!parsed.success || parsed.data[0] !== sortKey) throw new InvalidCursorError(cursor);
  return { valueMs: parsed.data[1], id: parsed.data[2] };
}
