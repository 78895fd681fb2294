import type { ReactElement } from 'react';

import { useAssistant } from '../assistantContext.ts';
import { useSelected } from '../useStore.ts';
import { Approvals } from './Approvals.tsx';
import { Questions } from './Questions.tsx';

type AskedProps = {
  readonly turnId: string;
  /** `open`: what waits; else what was settled when this item was the turn's last (none: undefined). */
  readonly place: 'open' | { readonly after: string | undefined };
};

/** What the agent wants of its user in a turn, at one place of it: answers, and leave to do something. */
export function Asked({ turnId, place }: AskedProps): ReactElement {
  return (
    <>
      <Questions turnId={turnId} place={place} />
      <Approvals turnId={turnId} place={place} />
    </>
  );
}

/** Whether a turn waits for the user. */
export function useIsWaiting(turnId: string): boolean {
  const { questions, approvals } = useAssistant();
  const isOpenHere = (
    entries: readonly { readonly turnId: string; readonly status: string }[],
  ): boolean => entries.some((entry) => entry.turnId === turnId && entry.status === 'open');
  const asks = useSelected(questions.entries, isOpenHere);
  const wantsLeave = useSelected(approvals.entries, isOpenHere);
  return asks || wantsLeave;
}
