import type { ReactElement } from 'react';

import { useAssistant } from '../assistantContext.ts';
import { Button } from '../controls.tsx';
import { Icon } from '../icons.tsx';
import { useStore } from '../useStore.ts';

/** Leads to another conversation whose agent waits for an answer; `className` is the banners' own. */
export function QuestionBanner({ className }: { readonly className: string }): ReactElement | null {
  const assistant = useAssistant();
  const waiting = useStore(assistant.questions.waitingThreads);
  const { rows, currentId } = useStore(assistant.threads);
  const row = rows.find(({ id }) => id !== currentId && waiting.has(id));
  if (row === undefined) return null;
  return (
    <output className={className}>
      <Icon name="work" />
      <span>
        “<bdi>{row.title}</bdi>” waits for your answer.
      </span>
      <Button
        looks={['small']}
        onPress={() => {
          void assistant.openThread(row.id);
        }}
      >
        Open it
      </Button>
    </output>
  );
}
