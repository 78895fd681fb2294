import { assertNever, errorText } from '../../base/index.ts';
import type { AskForApproval } from '../../protocol/index.ts';
import type { NewItem, ToolContext } from '../contract.ts';
import { CommitError, commitEdits, FileJudge } from '../fileChanges/index.ts';
import { PatchError } from './errors.ts';

import { type PatchPlan, planPatch } from './planPatch.ts';
import { readPatch } from './patchReader.ts';

/** What the model is told, and whether the files were changed. */
export type PatchResult = { readonly isApplied: boolean; readonly output: string };

type FileChangeItem = Extract<NewItem, { readonly type: 'fileChange' }>;

type Decision = 'free' | 'ask' | 'refused';

const OUTSIDE =
  'patch rejected: writing outside of the project; rejected by user approval settings';

/**
 * Applies a patch: all of it, or nothing. Where its files may not be written without asking, people are
 * asked; what they are shown is what is written, or nothing is. Never throws for what is
 * wrong with the patch.
 */
export async function runPatch(
  patch: string,
  context: ToolContext,
  folder: string,
): Promise<PatchResult> {
  const { permissions, approvalPolicy } = context;
  const plan = async (): Promise<PatchPlan> => {
    const judge = await FileJudge.of(permissions().files);
    return planPatch(readPatch(patch), folder, judge);
  };
  let planned: PatchPlan;
  try {
    planned = await plan();
  } catch (error) {
    if (!(error instanceof PatchError)) throw error;
    return refused(`apply_patch verification failed: ${error.message}`);
  }
  const decision = decide(approvalPolicy, planned.reasons.length > 0);
  if (decision === 'refused') return refused(OUTSIDE);
  return carryOut(context, planned, decision === 'ask' ? plan : undefined);
}

const refused = (output: string): PatchResult => ({ isApplied: false, output });

/** Whether a patch may be applied, by whom people have said shall be asked. */
function decide(policy: AskForApproval, needsLeave: boolean): Decision {
  if (typeof policy !== 'string') {
    if (!needsLeave) return 'free';
    return policy.granular.sandbox_approval ? 'ask' : 'refused';
  }
  switch (policy) {
    case 'untrusted':
      return 'ask';
    case 'on-request':
      return needsLeave ? 'ask' : 'free';
    case 'never':
      return needsLeave ? 'refused' : 'free';
    default:
      return assertNever(policy, 'approval policy');
  }
}

/** Shows it, asks where `again` is given, and writes. */
async function carryOut(
  context: ToolContext,
  planned: PatchPlan,
  again: (() => Promise<PatchPlan>) | undefined,
): Promise<PatchResult> {
  const { callId, signal, fileChanges } = context;
  const changes = [...planned.changes];
  const itemAs = (status: FileChangeItem['status']): FileChangeItem => ({
    type: 'fileChange',
    id: callId,
    changes,
    status,
  });
  const shown = context.startItem(itemAs('inProgress'), itemAs('failed'));
  let current = planned;
  if (again !== undefined) {
    const no = await refusalOf(context, planned);
    if (no !== undefined) {
      shown.complete(itemAs('declined'));
      return refused(no);
    }
    try {
      // However long they took: what they were shown is what is written.
      current = await again();
    } catch (error) {
      return refused(`patch rejected: ${errorText(error)}`);
    }
    if (!isSamePlan(planned, current)) {
      return refused(
        'patch rejected: the files have changed while it was asked whether they may be',
      );
    }
  }
  if (signal.aborted) return refused('patch rejected: it was stopped before it began');
  const beganAtMs = context.nowMs();
  try {
    await commitEdits(current.edits);
  } catch (error) {
    if (!(error instanceof CommitError)) throw error;
    return refused(`patch not applied, nothing has been changed: ${error.message}`);
  }
  shown.complete(itemAs('completed'));
  await fileChanges.made(current.edits, current.movedFrom);
  const tookS = Math.round((context.nowMs() - beganAtMs) / 100) / 10;
  const lines = ['Success. Updated the following files:', ...current.summary];
  return {
    isApplied: true,
    output: `Exit code: 0\nWall time: ${tookS} seconds\nOutput:\n${lines.join('\n')}\n`,
  };
}

/** More would fill the card, which has the changes below. */
const MAX_REASONS = 3;

/** Asks people; what the model is told where they, or nobody, allow it. */
async function refusalOf(
  { requestApproval }: ToolContext,
  { edits, reasons }: PatchPlan,
): Promise<string | undefined> {
  const more = reasons.length - MAX_REASONS;
  const listed = reasons.slice(0, MAX_REASONS).join('; ');
  const outcome = await requestApproval({
    kind: 'fileChange',
    params: {
      reason: reasons.length === 0 ? null : more > 0 ? `${listed}; and ${more} more` : listed,
      grantRoot: null,
    },
    keys: edits.map(({ path }) => path),
  });
  if (outcome.type === 'accepted') return undefined;
  switch (outcome.because) {
    case 'declined':
    case 'cancelled': {
      const rejected = 'patch rejected by user';
      return outcome.words === undefined ? rejected : `${rejected}: ${outcome.words}`;
    }
    case 'failed':
    case 'nobody':
    case 'expired':
    case 'withdrawn':
      return `patch rejected: nobody allowed it${outcome.words === undefined ? '' : ` (${outcome.words})`}`;
    default:
      return assertNever(outcome.because, 'refusal');
  }
}

/** Whether both would leave the same, in the same places, of the same files. */
function isSamePlan(one: PatchPlan, other: PatchPlan): boolean {
  return (
    one.edits.length === other.edits.length &&
    one.edits.every((edit, index) => {
      const same = other.edits[index];
      return same?.at === edit.at && same.before?.stamp === edit.before?.stamp;
    })
  );
}
