import type { ReactElement } from 'react';

import type { QuestionEntry } from '../../state/interactions/index.ts';
import { useAssistant } from '../assistantContext.ts';
import { classesOf } from '../classes.ts';
import { Icon } from '../icons.tsx';
import { haveSameMembers, useSelected } from '../useStore.ts';
import { QuestionForm } from './QuestionForm.tsx';
import css from './Questions.module.css';

const c = classesOf(css);

type QuestionsProps = {
  readonly turnId: string;
  /** `open`: what waits; else what was settled when this item was the turn's last (none: undefined). */
  readonly place: 'open' | { readonly after: string | undefined };
};

/** What the agent asked in a turn, at one place of it. */
export function Questions({ turnId, place }: QuestionsProps): ReactElement[] {
  const isHere = (entry: QuestionEntry): boolean =>
    entry.turnId === turnId &&
    (place === 'open'
      ? entry.status === 'open'
      : entry.status !== 'open' && entry.after === place.after);
  const entries = useSelected(
    useAssistant().questions.entries,
    (all) => all.filter(isHere),
    haveSameMembers,
  );
  return entries.map((entry) =>
    entry.status === 'open' ? (
      <QuestionForm key={entry.key} entry={entry} />
    ) : (
      <Settled key={entry.key} entry={entry} />
    ),
  );
}

const HOW = {
  here: 'answered here',
  elsewhere: 'answered in another window',
  voice: 'answered by voice',
  earlier: 'answered',
} as const;

function Settled({ entry }: { readonly entry: QuestionEntry }): ReactElement {
  const { questions, answers, status, by } = entry;
  return (
    <section className={c('card', 'settled')} aria-label="Question, over">
      {questions.map(({ id, question, isSecret }) => {
        const given = (answers[id]?.answers ?? []).join(', ');
        return (
          <div key={id} className={c('was')}>
            <p dir="auto">{question}</p>
            {status === 'answered' && (
              <p className={c('given')}>
                <Icon name="check" size={14} />
                {isSecret || given === '' ? (
                  <span className={c('quiet')}>{isSecret ? 'kept secret' : 'no answer'}</span>
                ) : (
                  <b dir="auto">{given}</b>
                )}
              </p>
            )}
          </div>
        );
      })}
      <p className={c('how')}>{by === undefined ? 'No longer needed' : HOW[by]}</p>
    </section>
  );
}
