import type { ReactElement, ReactNode } from 'react';

import type { Speaker } from '../../state/conversation/index.ts';
import { classesOf } from '../classes.ts';
import { timeOfDay } from '../timeOfDay.ts';
import css from './Message.module.css';

const c = classesOf(css);

type MessageProps = {
  readonly speaker: Speaker;
  /** Small facts beside the name: the time, how it was said. */
  readonly facts: readonly string[];
  /** Being spoken or written at this moment. */
  readonly live?: boolean;
  /** What can be done with it, at the end of the line with the name. */
  readonly action?: ReactNode;
  readonly children: ReactNode;
};

/** One contribution to the conversation, under the name of who made it. */
export function Message(props: MessageProps): ReactElement {
  const { speaker, facts, live = false, action, children } = props;
  return (
    <article className={c('message', live && 'live', live && speaker)}>
      <header className={c('who')}>
        <b className={c(speaker)}>{speaker === 'you' ? 'You' : 'Parley'}</b>
        {facts.length > 0 && <span>{facts.join(' · ')}</span>}
        {action}
      </header>
      <div className={c('words')}>{children}</div>
    </article>
  );
}

export const timeText = (atMs: number | undefined): readonly string[] =>
  atMs === undefined ? [] : [timeOfDay(atMs)];
