import type { ReactElement } from 'react';
import { Button as AriaButton, Disclosure, DisclosurePanel } from 'react-aria-components';

import type { TurnEntry } from '../../state/conversation/index.ts';
import { classesOf } from '../classes.ts';
import { Markdown } from '../markdown/index.ts';
import { Note } from '../messages/index.ts';
import { errorHint } from './errorHint.ts';
import css from './TurnParts.module.css';

const c = classesOf(css);

/** How a turn ended, when that was not well. */
export function TurnEnd({ turn }: { readonly turn: TurnEntry }): ReactElement | null {
  if (turn.error !== undefined && turn.status !== 'interrupted')
    return <Note text={turn.error.message} hint={errorHint(turn.error)} />;
  if (turn.status === 'interrupted') return <Note tone="plain" text="Stopped." />;
  return null;
}

const STEP_MARK = { pending: 'to do', inProgress: 'now', completed: 'done' } as const;

/** The agent's plan, each step with how far it is. */
export function Steps({ plan }: { readonly plan: TurnEntry['plan'] }): ReactElement | null {
  if (plan.length === 0) return null;
  return (
    <ol className={c('plan')} aria-label="Steps">
      {plan.map(({ step, status }) => (
        <li key={step} className={c(status)}>
          <span dir="auto">{step}</span>
          <small>{STEP_MARK[status]}</small>
        </li>
      ))}
    </ol>
  );
}

/** The model's summary of its reasoning, folded away. */
export function Reasoning({ parts }: { readonly parts: readonly string[] }): ReactElement | null {
  const text = parts.filter((part) => part !== '').join('\n\n');
  if (text === '') return null;
  return (
    <Disclosure className={c('reasoning')}>
      <AriaButton slot="trigger" className={c('fold')}>
        How it got there
      </AriaButton>
      <DisclosurePanel className={c('panel')}>
        <Markdown text={text} />
      </DisclosurePanel>
    </Disclosure>
  );
}
