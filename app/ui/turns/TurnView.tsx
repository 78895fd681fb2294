import { Fragment, memo, type ReactElement } from 'react';

import type { AgentItem, TurnEntry } from '../../state/conversation/index.ts';
import { classesOf } from '../classes.ts';
import { Asked, useIsWaiting } from '../interactions/index.ts';
import { Markdown } from '../markdown/index.ts';
import { ReadAloud, Message, timeText, Note } from '../messages/index.ts';
import { CommandItem } from './CommandItem.tsx';
import { FilesItem } from './FilesItem.tsx';
import { Compaction, Reasoning, Steps, ToolLine, TurnEnd } from './TurnParts.tsx';
import { WorkCard } from './WorkCard.tsx';
import css from './TurnView.module.css';

const c = classesOf(css);

/** A turn of the text model: typed words and their answer, or a card of delegated work. */
export function TurnView({ turn }: { readonly turn: TurnEntry }): ReactElement {
  const waits = useIsWaiting(turn.id);
  if (turn.delegation !== undefined)
    return <WorkCard turn={turn} prompt={turn.delegation.prompt} />;
  const running = turn.status === 'inProgress';
  const waiting = turn.isQueued ? 'waiting its turn' : 'thinking';
  const answering = turn.items.some((item) => item.type === 'message');
  // What was asked comes before the steps, what came of it after them.
  const made = turn.items.findIndex((item) => item.type !== 'user');
  const asked = made === -1 ? turn.items.length : made;
  const show = (item: AgentItem): ReactElement => (
    <Fragment key={item.id}>
      <TurnItem item={item} startedAtMs={turn.startedAtMs} />
      <Asked turnId={turn.id} place={{ after: item.id }} />
    </Fragment>
  );
  return (
    <div className={c('turn')}>
      {turn.items.slice(0, asked).map(show)}
      <Steps turn={turn} />
      <Asked turnId={turn.id} place={{ after: undefined }} />
      {turn.items.slice(asked).map(show)}
      {running && !answering && !waits && (
        <Message speaker="parley" facts={[waiting]} live={!turn.isQueued}>
          <span className={c('waiting')}>{turn.retrying === undefined ? '…' : turn.retrying}</span>
        </Message>
      )}
      {running && answering && turn.retrying !== undefined && (
        <Note tone="plain" text={turn.retrying} hint="Trying again." />
      )}
      <Asked turnId={turn.id} place="open" />
      <TurnEnd turn={turn} />
    </div>
  );
}

type TurnItemProps = { readonly item: AgentItem; readonly startedAtMs: number | undefined };

const TurnItem = memo(function TurnItem({ item, startedAtMs }: TurnItemProps): ReactElement | null {
  switch (item.type) {
    case 'user':
      return (
        <Message speaker="you" facts={[...timeText(startedAtMs), 'typed']}>
          <span dir="auto" className={c('typed')}>
            {item.text}
          </span>
          {item.images > 0 && <span className={c('waiting')}> {item.images} picture(s)</span>}
        </Message>
      );
    case 'message':
      return (
        <Message
          speaker="parley"
          facts={item.interrupted ? ['stopped before the end'] : item.done ? [] : ['writing']}
          live={!item.done}
          action={item.done && <ReadAloud text={item.text} />}
        >
          <Markdown text={item.text} />
        </Message>
      );
    case 'reasoning':
      return <Reasoning parts={item.parts} />;
    case 'command':
      return <CommandItem item={item} />;
    case 'files':
      return <FilesItem item={item} />;
    case 'tool':
      return <ToolLine item={item} />;
    case 'compaction':
      return <Compaction item={item} />;
  }
});
