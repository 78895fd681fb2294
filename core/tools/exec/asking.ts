import { randomUUID } from 'node:crypto';

import type { Outcome } from '../../interactions/index.ts';
import type { CommandAction } from '../../protocol/index.ts';
import type { ToolContext } from '../contract.ts';
import type { ApprovalNeed } from './approvalNeed.ts';

/** What people are shown of a command that they are asked about. */
export type CommandQuestion = {
  readonly kind?: 'command' | 'writeStdin';
  readonly command: string;
  readonly cwd: string;
  readonly actions: readonly CommandAction[];
  /** The model's own. */
  readonly justification: string | undefined;
  /** What a yes for the session is remembered by, for running it outside of the sandbox or within. */
  readonly keysFor: (isOutside: boolean) => readonly string[];
};

/** Asks whom there is to ask; what the model is told where the answer is no, undefined where it is yes. */
export async function refusalOf(
  need: ApprovalNeed,
  { kind = 'command', command, cwd, actions, justification, keysFor }: CommandQuestion,
  context: ToolContext,
  isOutside: boolean,
): Promise<string | undefined> {
  if (need.kind === 'none') return undefined;
  if (need.kind === 'refuse') return need.words;
  const reason = [need.why, justification].filter((text) => text !== undefined).join(' ');
  const outcome = await context.requestApproval({
    kind: 'command',
    params: {
      kind,
      // Of one command several things may be asked.
      approvalId: randomUUID(),
      environmentId: context.environment?.environmentId ?? null,
      command,
      cwd,
      commandActions: [...actions],
      ...(reason !== '' && { reason }),
      availableDecisions: ['accept', 'acceptForSession', 'decline', 'cancel'],
    },
    keys: keysFor(isOutside),
  });
  return outcome.type === 'accepted' ? undefined : refusedWords(outcome);
}

function refusedWords({
  because,
  words,
}: Extract<Outcome<'command'>, { type: 'refused' }>): string {
  const said = words === undefined ? '' : ` ${words}`;
  switch (because) {
    case 'declined':
      return words === undefined
        ? 'The user declined it.'
        : `The user declined it and says: ${words}`;
    case 'cancelled':
      return 'The user declined it and stopped the turn.';
    case 'failed':
      return `Whoever had to decide about it could not, so it was not allowed.${said}`;
    case 'nobody':
      return `Nobody could be asked, so it was not allowed.${said}`;
    case 'expired':
      return 'Nobody answered in time, so it was not allowed.';
    case 'withdrawn':
      return 'The turn ended before anybody had answered.';
  }
}
