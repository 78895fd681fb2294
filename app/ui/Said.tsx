import type { ReactElement, ReactNode } from 'react';

import type { Speaker } from '../state/index.ts';
import { classesOf } from './classes.ts';
import css from './Said.module.css';

const c = classesOf(css);

type SaidProps = {
  readonly speaker: Speaker;
  /** Small facts beside the name: the time, how it was said. */
  readonly facts: readonly string[];
  /** Being spoken or written at this moment. */
  readonly live?: boolean;
  readonly children: ReactNode;
};

/** One contribution to the conversation, under the name of who made it. */
export function Said({ speaker, facts, live = false, children }: SaidProps): ReactElement {
  return (
    <article className={c('said', live && 'live', live && speaker)}>
      <header className={c('who')}>
        <b className={c(speaker)}>{speaker === 'you' ? 'You' : 'Parley'}</b>
        {facts.length > 0 && <span>{facts.join(' · ')}</span>}
      </header>
      <div className={c('words')}>{children}</div>
    </article>
  );
}

const TIME = new Intl.DateTimeFormat(undefined, { hour: 'numeric', minute: '2-digit' });

export const timeText = (atMs: number | undefined): readonly string[] =>
  atMs === undefined ? [] : [TIME.format(atMs)];
