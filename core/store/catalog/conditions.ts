import type { SQLInputValue } from 'node:sqlite';

import type { ThreadListQuery } from '../types.ts';

/** A part of a WHERE clause, and what stands for its question marks. */
export type Condition = { readonly sql: string; readonly values: readonly SQLInputValue[] };

/** What a row has to be to be listed. */
export function* conditionsOf(query: ThreadListQuery): Generator<Condition> {
  const { isArchived = false, modelProviders, sources, cwds, includedIds, excludedIds } = query;
  // The plus keeps SQLite from going through the list in its order where a few rows are asked for by their ids.
  const column = includedIds === undefined ? 'is_archived' : '+is_archived';
  yield { sql: `${column} = ?`, values: [Number(isArchived)] };
  if (modelProviders !== undefined) yield oneOf('model_provider', modelProviders);
  if (sources !== undefined) yield oneOf('source', sources);
  // Agents that a thread has started are listed for whoever asks for them.
  else yield { sql: "source NOT LIKE 'subAgent%'", values: [] };
  if (cwds !== undefined) yield oneOf('cwd', cwds);
  if (includedIds !== undefined) yield oneOf('id', includedIds);
  if (excludedIds !== undefined) {
    const { sql, values } = oneOf('id', excludedIds);
    yield { sql: `NOT ${sql}`, values };
  }
  const wanted = query.searchTerm?.trim().toLowerCase() ?? '';
  if (wanted !== '') yield { sql: 'instr(title, ?) > 0', values: [wanted] };
}

/** One value for SQLite, however many there are: their number is bounded by the message alone. */
function oneOf(column: string, values: readonly string[]): Condition {
  return {
    sql: `(${column} IN (SELECT value FROM json_each(?)))`,
    values: [JSON.stringify(values)],
  };
}
