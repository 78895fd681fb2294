import { Fragment, type ReactElement } from 'react';

import type { AgentItem, TurnEntry } from '../state/index.ts';
import { classesOf } from './classes.ts';
import { Markdown } from './Markdown.tsx';
import { Trouble } from './NoteView.tsx';
import { Questions, useIsWaiting } from './Questions.tsx';
import { ReadAloud } from './ReadAloud.tsx';
import { Said, timeText } from './Said.tsx';
import { Reasoning, Steps, TurnEnd } from './TurnParts.tsx';
import css from './TurnView.module.css';
import { WorkCard } from './WorkCard.tsx';

const c = classesOf(css);

/** A turn of the text model: typed words and their answer, or a card of delegated work. */
export function TurnView({ turn }: { readonly turn: TurnEntry }): ReactElement {
  const waits = useIsWaiting(turn.id);
  if (turn.delegation !== undefined)
    return <WorkCard turn={turn} prompt={turn.delegation.prompt} />;
  const running = turn.status === 'inProgress';
  const answering = turn.items.some((item) => item.type === 'message');
  // What was asked comes before the steps, what came of it after them.
  const made = turn.items.findIndex((item) => item.type !== 'user');
  const asked = made === -1 ? turn.items.length : made;
  const show = (item: AgentItem): ReactElement => (
    <Fragment key={item.id}>
      <TurnItem item={item} startedAtMs={turn.startedAtMs} />
      <Questions turnId={turn.id} place={{ after: item.id }} />
    </Fragment>
  );
  return (
    <div className={c('turn')}>
      {turn.items.slice(0, asked).map(show)}
      <Steps plan={turn.plan} />
      <Questions turnId={turn.id} place={{ after: undefined }} />
      {turn.items.slice(asked).map(show)}
      {running && !answering && !waits && (
        <Said speaker="parley" facts={['thinking']} live>
          <span className={c('waiting')}>{turn.retrying === undefined ? '…' : turn.retrying}</span>
        </Said>
      )}
      {running && answering && turn.retrying !== undefined && (
        <Trouble tone="plain" text={turn.retrying} hint="Trying again." />
      )}
      <Questions turnId={turn.id} place="open" />
      <TurnEnd turn={turn} />
    </div>
  );
}

type TurnItemProps = { readonly item: AgentItem; readonly startedAtMs: number | undefined };

function TurnItem({ item, startedAtMs }: TurnItemProps): ReactElement | null {
  switch (item.type) {
    case 'user':
      return (
        <Said speaker="you" facts={[...timeText(startedAtMs), 'typed']}>
          <span dir="auto" className={c('typed')}>
            {item.text}
          </span>
          {item.images > 0 && <span className={c('waiting')}> {item.images} picture(s)</span>}
        </Said>
      );
    case 'message':
      return (
        <Said
          speaker="parley"
          facts={item.interrupted ? ['stopped before the end'] : item.done ? [] : ['writing']}
          live={!item.done}
          action={item.done && <ReadAloud text={item.text} />}
        >
          <Markdown text={item.text} />
        </Said>
      );
    default:
      return <Reasoning parts={item.parts} />;
  }
}
