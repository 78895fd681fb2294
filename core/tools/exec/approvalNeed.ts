import { assertNever } from '../../base/index.ts';
import type { CommandJudgement } from '../../commandRules/index.ts';
import type { AskForApproval } from '../../protocol/index.ts';

/** Where a command is to run: within what the turn may touch, or without bounds. */
export type WantedBounds = 'sandbox' | 'outside';

export type ApprovalQuestion = {
  readonly policy: AskForApproval;
  readonly judgement: Pick<CommandJudgement, 'kind' | 'mayLeaveSandbox' | 'reason'>;
  readonly wants: WantedBounds;
  /** Whether the turn has bounds at all. */
  readonly isBounded: boolean;
};

/** What has to happen before a command may run. */
export type ApprovalNeed =
  | { readonly kind: 'none' }
  | { readonly kind: 'ask'; readonly why: string | undefined }
  | { readonly kind: 'refuse'; readonly words: string };

const NONE: ApprovalNeed = { kind: 'none' };

/** Who has to say yes to a command: rules first, then what it is, then the policy. */
export function approvalNeed({
  policy,
  judgement,
  wants,
  isBounded,
}: ApprovalQuestion): ApprovalNeed {
  const { kind, reason, mayLeaveSandbox } = judgement;
  if (kind === 'forbidden') {
    return { kind: 'refuse', words: `This command ${reason ?? 'is forbidden'}.` };
  }
  if (kind === 'danger') return askOrRefuse(policy, 'rules', because(reason));
  // Without bounds there is nothing to leave.
  if (wants === 'outside' && isBounded && !(kind === 'allowed' && mayLeaveSandbox)) {
    return askOrRefuse(policy, 'sandbox_approval', 'It is to run outside the sandbox.');
  }
  if (kind === 'other' && policy === 'untrusted') return { kind: 'ask', why: undefined };
  return NONE;
}

/** Whether people are asked, after the sandbox has refused a command something, to run it outside. */
export function mayAskAgain(policy: AskForApproval): boolean {
  if (policy === 'untrusted') return true;
  return typeof policy !== 'string' && policy.granular.sandbox_approval;
}

/** Who has to say yes before something is typed into a program that runs. */
export function typingNeed(policy: AskForApproval, isOutside: boolean): ApprovalNeed {
  if (isOutside) {
    return askOrRefuse(
      policy,
      'sandbox_approval',
      'What it is typed into runs outside the sandbox.',
    );
  }
  return policy === 'untrusted' ? { kind: 'ask', why: undefined } : NONE;
}

function askOrRefuse(
  policy: AskForApproval,
  flag: 'rules' | 'sandbox_approval',
  why: string,
): ApprovalNeed {
  if (typeof policy !== 'string') {
    return policy.granular[flag] ? { kind: 'ask', why } : refusal(`granular without ${flag}`, why);
  }
  switch (policy) {
    case 'untrusted':
    case 'on-request':
      return { kind: 'ask', why };
    case 'never':
      return refusal('never', why);
    default:
      return assertNever(policy, 'approval policy');
  }
}

const refusal = (policy: string, why: string): ApprovalNeed => ({
  kind: 'refuse',
  words: `This would have to be approved, and the approval policy (${policy}) asks nobody. ${why} Find another way that needs no approval.`,
});

const because = (reason: string | undefined): string =>
  reason === undefined ? 'It can do harm.' : `It ${reason}.`;
