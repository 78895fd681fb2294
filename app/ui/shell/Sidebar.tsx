import type { ReactElement } from 'react';
import { Button as AriaButton } from 'react-aria-components';

import { groupByDay } from '../../state/threads/index.ts';
import { useAssistant } from '../assistantContext.ts';
import { classesOf } from '../classes.ts';
import { Icon } from '../icons.tsx';
import { useNow } from '../useNow.ts';
import { useStore } from '../useStore.ts';
import css from './Sidebar.module.css';

const c = classesOf(css);

export function Sidebar({ onChosen }: { readonly onChosen?: () => void }): ReactElement {
  const assistant = useAssistant();
  const { rows, currentId } = useStore(assistant.threads);
  const nowMs = useNow(false);
  return (
    <>
      <AriaButton
        className={c('thread', 'fresh')}
        onPress={() => {
          void assistant.newConversation();
          onChosen?.();
        }}
      >
        <Icon name="plus" size={15} />
        New conversation
      </AriaButton>
      {groupByDay(rows, nowMs).map(({ label, rows: grouped }) => (
        <section key={label} aria-label={label}>
          <h2 className={c('day')}>{label}</h2>
          <ul className={c('list')}>
            {grouped.map(({ id, title }) => (
              <li key={id}>
                <AriaButton
                  className={c('thread', id === currentId && 'current')}
                  aria-current={id === currentId ? 'page' : false}
                  onPress={() => {
                    void assistant.openThread(id);
                    onChosen?.();
                  }}
                >
                  <span className={c('title')} dir="auto">
                    {title}
                  </span>
                </AriaButton>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </>
  );
}
