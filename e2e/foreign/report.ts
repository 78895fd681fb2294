import type { Outcome } from './outcomes.ts';

/** A client and what came of it. */
export type ClientResult = { readonly client: string; readonly outcomes: readonly Outcome[] };

/** The table for people, with a sentence below it for each case that failed or was not run. */
export function formatReport(results: readonly ClientResult[]): string {
  const rows = results.map(({ client, outcomes }) => [
    client,
    ...(['passed', 'failed', 'notRun'] as const).map((state) => String(count(outcomes, state))),
  ]);
  const head = ['client', 'passed', 'failed', 'not run'];
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const lines = [head, ...rows].map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  '),
  );
  const reasons = results.flatMap(({ client, outcomes }) =>
    outcomes
      .filter(({ state }) => state !== 'passed')
      .map(
        ({ name, state, reason = '' }) =>
          `${client}, ${name}: ${state === 'failed' ? 'failed' : 'not run'}: ${reason}`,
      ),
  );
  const all = results.flatMap(({ outcomes }) => outcomes);
  const total = `${count(all, 'passed')} passed, ${count(all, 'failed')} failed`;
  return [...lines, ...(reasons.length === 0 ? [] : ['', ...reasons]), '', total, ''].join('\n');
}

/** Whether the command has to end with 1. */
export function hasFailures(results: readonly ClientResult[]): boolean {
  return results.some(({ outcomes }) => count(outcomes, 'failed') > 0);
}

function count(outcomes: readonly Outcome[], state: Outcome['state']): number {
  return outcomes.filter((outcome) => outcome.state === state).length;
}
