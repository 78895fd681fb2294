import type { ReactElement } from 'react';

import { useAssistant } from '../assistantContext.ts';
import { classesOf } from '../classes.ts';
import { useStore } from '../useStore.ts';
import css from './SayableStrip.module.css';

const c = classesOf(css);

/** What can be said now, where not everything is understood; in one line that can be scrolled. */
export function SayableStrip(): ReactElement | null {
  const { sayable } = useAssistant();
  const now = useStore(sayable.now);
  if (now === undefined) return null;
  return (
    <div className={c('strip')}>
      <span id="sayable-title" className={c('title')}>
        You can say
      </span>
      <ul
        className={c('phrases')}
        lang={now.language}
        aria-labelledby="sayable-title"
        // What lies beyond the edge has to be reached by key as well.
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrollable region
        tabIndex={0}
      >
        {now.phrases.map((text) => (
          <li key={text} className={c('phrase')}>
            {text}
          </li>
        ))}
      </ul>
    </div>
  );
}
