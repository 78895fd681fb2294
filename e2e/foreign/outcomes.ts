import * as z from 'zod';

import { parseJson } from '../../core/base/index.ts';

/** What came of one case of a client. */
export type Outcome = {
  readonly name: string;
  readonly state: 'passed' | 'failed' | 'notRun';
  /** Why it failed or was not run. */
  readonly reason?: string;
};

/** How the program that tried a client ended. */
export type ProgramEnd = {
  readonly stdout: string;
  readonly stderr: string;
  /** In words, where it did not end by itself with code 0. */
  readonly trouble?: string;
};

// The lines of `programs/kit.mjs` and `kit.py`. Clients print lines of their own between them.
const Line = z.union([
  z.object({ case: z.string(), skipped: z.string() }),
  z.object({ case: z.string(), failure: z.string().nullable() }),
  z.object({ finished: z.literal(true) }),
]);

/** The cases a program told. One that ended before all were told has failed, whatever passed until then. */
export function outcomesOf({ stdout, stderr, trouble }: ProgramEnd): readonly Outcome[] {
  const outcomes: Outcome[] = [];
  let isFinished = false;
  for (const text of stdout.split('\n')) {
    const { success, data } = Line.safeParse(parsed(text));
    if (!success) continue;
    if ('finished' in data) isFinished = true;
    else if ('skipped' in data) {
      outcomes.push({ name: data.case, state: 'notRun', reason: data.skipped });
    } else if (data.failure === null) outcomes.push({ name: data.case, state: 'passed' });
    else outcomes.push({ name: data.case, state: 'failed', reason: data.failure });
  }
  if (trouble === undefined && isFinished && outcomes.length > 0) return outcomes;
  const said = stderr.trim().slice(-2000);
  const reason = `${trouble ?? 'told no end of its cases'}${said === '' ? '' : `\n${said}`}`;
  return [...outcomes, { name: 'the program', state: 'failed', reason }];
}

/** The value of a line of JSON; undefined for everything else a client prints. */
function parsed(text: string): unknown {
  if (!text.startsWith('{')) return undefined;
  const json = parseJson(text);
  return 'value' in json ? json.value : undefined;
}
