import { type ReactElement, useEffect, useRef, useState } from 'react';

import type { Entry } from '../../state/conversation/index.ts';
import { useAssistant } from '../assistantContext.ts';
import { classesOf } from '../classes.ts';
import { Button } from '../controls.tsx';
import { Icon } from '../icons.tsx';
import { NoteView, RecordingView, VoiceLineView } from '../messages/index.ts';
import { TurnView } from '../turns/index.ts';
import { useStore } from '../useStore.ts';
import { Welcome } from './Welcome.tsx';
import css from './ConversationView.module.css';

const c = classesOf(css);
const NEAR_END_PX = 80;

export function ConversationView(): ReactElement {
  const { conversation, threads } = useAssistant();
  const { entries } = useStore(conversation);
  const { loading } = useStore(threads);
  const scroller = useRef<HTMLElement>(null);
  const [following, setFollowing] = useState(true);

  // Watches sizes instead of entries: the column also grows by heard words and by a resized window.
  useEffect(() => {
    const element = scroller.current;
    const inner = element?.firstElementChild;
    if (!following || element === null || inner === null || inner === undefined) return undefined;
    const observer = new ResizeObserver(() => {
      element.scrollTop = element.scrollHeight;
    });
    observer.observe(inner);
    observer.observe(element);
    return () => {
      observer.disconnect();
    };
  }, [following]);

  return (
    <div className={c('frame')}>
      <section
        ref={scroller}
        id="conversation"
        className={c('scroller')}
        aria-label="Conversation"
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolling region must be reachable by key
        tabIndex={0}
        onScroll={({ currentTarget }) => {
          const { scrollHeight, scrollTop, clientHeight } = currentTarget;
          setFollowing(scrollHeight - scrollTop - clientHeight < NEAR_END_PX);
        }}
      >
        <div className={c('column')}>
          {loading && <p className={c('loading')}>Opening the conversation…</p>}
          {!loading && entries.length === 0 && <Welcome />}
          {entries.map((entry) => (
            <EntryView key={`${entry.kind}-${entry.id}`} entry={entry} />
          ))}
        </div>
      </section>
      {!following && (
        <div className={c('jump')}>
          <Button
            looks={['small']}
            onPress={() => {
              setFollowing(true);
            }}
          >
            <Icon name="down" size={14} />
            Latest
          </Button>
        </div>
      )}
    </div>
  );
}

function EntryView({ entry }: { readonly entry: Entry }): ReactElement {
  switch (entry.kind) {
    case 'voice':
      return <VoiceLineView line={entry} />;
    case 'turn':
      return <TurnView turn={entry} />;
    case 'recording':
      return <RecordingView recording={entry} />;
    case 'note':
      return <NoteView note={entry} />;
  }
}
