import { type ReactElement, useRef } from 'react';

import { useAssistant } from '../assistantContext.ts';
import { classesOf } from '../classes.ts';
import { Button } from '../controls.tsx';
import { Icon } from '../icons.tsx';
import { useSelected } from '../useStore.ts';
import css from './ConversationView.module.css';
import { EntryView } from './EntryView.tsx';
import { useEntryWindow } from './useEntryWindow.ts';
import { useFollowing } from './useFollowing.ts';
import { Welcome } from './Welcome.tsx';

const c = classesOf(css);

/** The open conversation; another one begins at its own end. */
export function ConversationView(): ReactElement {
  const currentId = useSelected(useAssistant().threads, (threads) => threads.currentId);
  return <OpenConversation key={currentId} />;
}

function OpenConversation(): ReactElement {
  const { conversation, threads } = useAssistant();
  const entries = useSelected(conversation, (state) => state.entries);
  const loading = useSelected(threads, (state) => state.loading);
  const scroller = useRef<HTMLElement>(null);
  const { isFollowing, follow, onScroll } = useFollowing(scroller);
  const visible = useEntryWindow(scroller, entries);
  const shown = visible.getVirtualItems();

  return (
    <div className={c('frame')}>
      <section
        ref={scroller}
        id="conversation"
        className={c('scroller')}
        aria-label="Conversation"
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolling region must be reachable by key
        tabIndex={0}
        onScroll={onScroll}
      >
        <div className={c('column')}>
          {loading && <p className={c('loading')}>Opening the conversation…</p>}
          {!loading && entries.length === 0 && <Welcome />}
          {shown.map(({ index, key, start }, at) => {
            const entry = entries[index];
            return (
              entry !== undefined && (
                <div
                  key={key}
                  className={c('row')}
                  ref={visible.measureElement}
                  data-index={index}
                  // In the flow, so that words can be selected across entries; what is left out is room.
                  style={{ marginTop: start - (shown[at - 1]?.end ?? 0) }}
                >
                  <EntryView entry={entry} />
                </div>
              )
            );
          })}
          <div style={{ height: visible.getTotalSize() - (shown.at(-1)?.end ?? 0) }} />
        </div>
      </section>
      {!isFollowing && (
        <div className={c('jump')}>
          <Button looks={['small']} onPress={follow}>
            <Icon name="down" size={14} />
            Latest
          </Button>
        </div>
      )}
    </div>
  );
}
