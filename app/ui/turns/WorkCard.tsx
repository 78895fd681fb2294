import { Fragment, memo, type ReactElement } from 'react';

import {
  type AgentItem,
  clockText,
  type TurnEntry,
  workState,
} from '../../state/conversation/index.ts';
import { useAssistant } from '../assistantContext.ts';
import { classesOf } from '../classes.ts';
import { Button } from '../controls.tsx';
import { Icon } from '../icons.tsx';
import { Asked, useIsWaiting } from '../interactions/index.ts';
import { Markdown } from '../markdown/index.ts';
import { ReadAloud } from '../messages/index.ts';
import { useNow } from '../useNow.ts';
import { CommandItem } from './CommandItem.tsx';
import { FilesItem } from './FilesItem.tsx';
import { Compaction, Reasoning, Steps, ToolLine, TurnEnd } from './TurnParts.tsx';
import css from './WorkCard.module.css';

const c = classesOf(css);

/** Work the voice model handed over, where it was asked for. */
export function WorkCard(props: {
  readonly turn: TurnEntry;
  readonly prompt: string;
}): ReactElement {
  const { turn, prompt } = props;
  const assistant = useAssistant();
  const running = turn.status === 'inProgress';
  const asked = turn.items.find(({ type }) => type === 'user');
  return (
    <section
      className={c('card', running && !turn.isQueued && 'running')}
      aria-label={`Work: ${prompt}`}
    >
      <header className={c('head')}>
        <div className={c('about')}>
          <h3 dir="auto">{prompt}</h3>
          <p>
            <WorkStatus turn={turn} />
          </p>
        </div>
        {running && (
          <Button
            looks={['small']}
            aria-label={`Stop: ${prompt}`}
            onPress={() => {
              void assistant.stopTurn(turn.id);
            }}
          >
            <Icon name="stop" size={14} />
            Stop
          </Button>
        )}
      </header>
      <Steps turn={turn} />
      <Asked turnId={turn.id} place={{ after: undefined }} />
      {turn.items.map((item) => (
        <Fragment key={item.id}>
          <WorkItem item={item} isAdded={item.type === 'user' && item.id !== asked?.id} />
          <Asked turnId={turn.id} place={{ after: item.id }} />
        </Fragment>
      ))}
      <Asked turnId={turn.id} place="open" />
      <TurnEnd turn={turn} />
    </section>
  );
}

const WorkItem = memo(function WorkItem({
  item,
  isAdded,
}: {
  readonly item: AgentItem;
  /** Said to the work while it ran. */
  readonly isAdded: boolean;
}): ReactElement | null {
  if (item.type === 'user' && isAdded)
    return (
      <p className={c('added')}>
        <small>Added</small> <span dir="auto">{item.text}</span>
      </p>
    );
  if (item.type === 'reasoning') return <Reasoning parts={item.parts} />;
  if (item.type === 'command') return <CommandItem item={item} />;
  if (item.type === 'files') return <FilesItem item={item} />;
  if (item.type === 'tool') return <ToolLine item={item} />;
  if (item.type === 'compaction') return <Compaction item={item} />;
  if (item.type !== 'message' || item.text === '') return null;
  return (
    <div className={c('answer', !item.final && 'remark')}>
      <Markdown text={item.text} />
      {item.interrupted && <small>stopped before the end</small>}
      {item.done && item.final && <ReadAloud text={item.text} />}
    </div>
  );
});

/** What the work is doing, and for how long. */
export function WorkStatus({ turn }: { readonly turn: TurnEntry }): ReactElement {
  const running = turn.status === 'inProgress' && !turn.isQueued;
  const nowMs = useNow(running);
  const waits = useIsWaiting(turn.id);
  const sinceMs =
    turn.durationMs ??
    (running && turn.startedAtMs !== undefined ? nowMs - turn.startedAtMs : undefined);
  return (
    <>
      <span className={c('state', turn.isQueued ? 'queued' : turn.status)}>
        {waits ? 'waiting for your answer' : workState(turn)}
      </span>
      {sinceMs !== undefined && <span className={c('time')}> · {clockText(sinceMs)}</span>}
    </>
  );
}
