import type { ReactElement } from 'react';
import { Button as AriaButton, Disclosure, DisclosurePanel } from 'react-aria-components';

import {
  type AgentItem,
  lastToRepeat,
  requestToRepeat,
  type TurnEntry,
} from '../../state/conversation/index.ts';
import { useAssistant } from '../assistantContext.ts';
import { classesOf } from '../classes.ts';
import { Button } from '../controls.tsx';
import { Icon } from '../icons.tsx';
import { Markdown } from '../markdown/index.ts';
import { Note } from '../messages/index.ts';
import { useSelected } from '../useStore.ts';
import { errorHint } from './errorHint.ts';
import css from './TurnParts.module.css';

const c = classesOf(css);

/** How a turn ended, when that was not well, and the way to ask for it again. */
export function TurnEnd({ turn }: { readonly turn: TurnEntry }): ReactElement | null {
  const end = endOf(turn);
  return (
    end && (
      <div className={c('end')}>
        {end}
        <AskAgain turn={turn} />
      </div>
    )
  );
}

function endOf({ status, error, isCutOff }: TurnEntry): ReactElement | null {
  if (isCutOff) return <Note tone="plain" text="Interrupted: Parley ended before this was done." />;
  if (status === 'interrupted') return <Note tone="plain" text="Stopped." />;
  return error === undefined ? null : <Note text={error.message} hint={errorHint(error)} />;
}

function AskAgain({ turn }: { readonly turn: TurnEntry }): ReactElement | null {
  const assistant = useAssistant();
  const canRepeat = useSelected(
    assistant.conversation,
    (conversation) => requestToRepeat(conversation, turn) !== undefined,
  );
  const isLast = useSelected(
    assistant.conversation,
    (conversation) => lastToRepeat(conversation)?.id === turn.id,
  );
  if (!canRepeat) return null;
  return (
    <Button
      looks={['small']}
      onPress={() => {
        void assistant.askAgain(turn);
      }}
    >
      <Icon name="again" size={14} />
      Ask again
      {isLast && <kbd>A</kbd>}
    </Button>
  );
}

type StepStatus = TurnEntry['plan'][number]['status'];

const GOING: Record<StepStatus, string> = {
  pending: 'to do',
  inProgress: 'now',
  completed: 'done',
};

/** What a step that was not done has come to when its turn is over. */
function stepMark(step: StepStatus, turn: TurnEntry['status']): string {
  if (turn === 'inProgress' || step === 'completed') return GOING[step];
  if (step === 'pending' || turn === 'completed') return 'not done';
  return turn === 'failed' ? 'failed' : 'stopped';
}

/** The agent's plan, each step with how far it is, or got. */
export function Steps({
  turn: { plan, status: turn },
}: {
  readonly turn: TurnEntry;
}): ReactElement | null {
  if (plan.length === 0) return null;
  return (
    <ol className={c('plan')} aria-label="Steps">
      {plan.map(({ step, status }) => (
        <li key={step} className={c(status, turn !== 'inProgress' && 'over')}>
          <span dir="auto">{step}</span>
          <small>{stepMark(status, turn)}</small>
        </li>
      ))}
    </ol>
  );
}

/** The model's summary of its reasoning, folded away. */
export function Reasoning({ parts }: { readonly parts: readonly string[] }): ReactElement | null {
  const text = parts.filter((part) => part !== '').join('\n\n');
  if (text === '') return null;
  return (
    <Disclosure className={c('reasoning')}>
      <AriaButton slot="trigger" className={c('fold')}>
        How it got there
      </AriaButton>
      <DisclosurePanel className={c('panel')}>
        <Markdown text={text} />
      </DisclosurePanel>
    </Disclosure>
  );
}

/** Where a summary took the place of what the model was told; people still see all of it. */
export function Compaction({
  item,
}: {
  readonly item: Extract<AgentItem, { readonly type: 'compaction' }>;
}): ReactElement | null {
  if (item.interrupted) return null;
  if (!item.done) return <p className={c('quiet')}>Summarising the earlier conversation …</p>;
  if (item.summary === '') return <p className={c('quiet')}>{SUMMARISED}</p>;
  return (
    <Disclosure className={c('reasoning')}>
      <AriaButton slot="trigger" className={c('fold')}>
        {SUMMARISED}
      </AriaButton>
      <DisclosurePanel className={c('panel')}>
        <Markdown text={item.summary} />
      </DisclosurePanel>
    </Disclosure>
  );
}

const TOOL_WORDS = { inProgress: 'Using', completed: 'Used', failed: 'Could not use' } as const;

/** That another program did something for the agent. */
export function ToolLine({
  item: { name, status },
}: {
  readonly item: Extract<AgentItem, { readonly type: 'tool' }>;
}): ReactElement {
  return (
    <p className={c('quiet')}>
      {TOOL_WORDS[status]} <span dir="auto">{name}</span>
      {status === 'inProgress' && ' …'}
    </p>
  );
}

const SUMMARISED = 'Earlier conversation was summarised';
