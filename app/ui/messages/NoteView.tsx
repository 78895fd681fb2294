import type { ReactElement } from 'react';

import type { NoteEntry } from '../../state/conversation/index.ts';
import { classesOf } from '../classes.ts';
import { Icon } from '../icons.tsx';
import css from './NoteView.module.css';

const c = classesOf(css);

/** Something the page has to say at this place of the conversation. */
export function NoteView({ note }: { readonly note: NoteEntry }): ReactElement {
  return <Note text={note.text} hint={note.hint} />;
}

type NoteProps = {
  readonly tone?: 'plain' | 'trouble';
  readonly text: string;
  readonly hint?: string | undefined;
};

export function Note({ tone = 'trouble', text, hint }: NoteProps): ReactElement {
  return (
    <div className={c('note', tone)}>
      {tone === 'trouble' && <Icon name="warn" />}
      <p>
        <span dir="auto">{text}</span>
        {hint !== undefined && <span className={c('hint')}> {hint}</span>}
      </p>
    </div>
  );
}
