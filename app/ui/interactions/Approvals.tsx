import {
  type KeyboardEvent as ReactKeyboardEvent,
  type ReactElement,
  useEffect,
  useId,
  useRef,
  useState,
} from 'react';
import { Input, Label, TextField } from 'react-aria-components';

import type { ApprovalChoice, ApprovalEntry } from '../../state/interactions/index.ts';
import { useAssistant } from '../assistantContext.ts';
import { classesOf } from '../classes.ts';
import { Button } from '../controls.tsx';
import { Icon } from '../icons.tsx';
import { harmless } from '../harmless.ts';
import { haveSameMembers, useSelected } from '../useStore.ts';
import css from './Approvals.module.css';

const c = classesOf(css);

type ApprovalsProps = {
  readonly turnId: string;
  /** `open`: what waits; else what was settled when this item was the turn's last (none: undefined). */
  readonly place: 'open' | { readonly after: string | undefined };
};

/** What the agent may only do with its user's word, at one place of a turn. */
export function Approvals({ turnId, place }: ApprovalsProps): ReactElement[] {
  const isHere = (entry: ApprovalEntry): boolean =>
    entry.turnId === turnId &&
    (place === 'open'
      ? entry.status === 'open'
      : entry.status !== 'open' && entry.after === place.after);
  const entries = useSelected(
    useAssistant().approvals.entries,
    (all) => all.filter(isHere),
    haveSameMembers,
  );
  return entries.map((entry) =>
    entry.status === 'open' ? (
      <ApprovalCard key={entry.key} entry={entry} />
    ) : (
      <Settled key={entry.key} entry={entry} />
    ),
  );
}

const NOT_SENT = 'Not sent: Parley’s engine is not connected. It asks again once it is.';
const KEY_NAMES: Readonly<Record<string, string>> = { Escape: 'Esc' };

function ApprovalCard({ entry }: { readonly entry: ApprovalEntry }): ReactElement {
  const { approvals } = useAssistant();
  const { title, reason, command, cwd, touches, choices } = entry.request;
  const [words, setWords] = useState('');
  const [isRefused, setRefused] = useState(false);
  const card = useRef<HTMLElement>(null);
  const heading = useId();

  const give = (choice: ApprovalChoice): void => {
    setRefused(!approvals.give(entry.key, choice.id, words));
  };
  const choiceOf = (event: Pressed): ApprovalChoice | undefined => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat === true) return undefined;
    const typed = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    return choices.find(({ key }) => key === typed);
  };
  useKeysOfNobody(choiceOf, give);

  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- keys of the answers in it; each has its button
    <section
      ref={card}
      className={c('card')}
      aria-labelledby={heading}
      onKeyDown={(event: ReactKeyboardEvent) => {
        if (event.target instanceof HTMLInputElement && event.key !== 'Escape') return;
        const choice = choiceOf(event);
        if (choice === undefined) return;
        event.preventDefault();
        event.stopPropagation();
        give(choice);
      }}
    >
      <h3 id={heading} className={c('title')} dir="auto">
        {harmless(title)}
      </h3>
      {reason !== undefined && (
        <p className={c('reason')} dir="auto">
          {harmless(reason)}
        </p>
      )}
      {command !== undefined && (
        <pre className={c('command')} dir="ltr">
          {harmless(command)}
        </pre>
      )}
      {cwd !== undefined && (
        <p className={c('where')}>
          in <bdi>{harmless(cwd)}</bdi>
        </p>
      )}
      {touches.length > 0 && (
        <>
          <p className={c('where')}>It could then:</p>
          <ul className={c('touches')}>
            {touches.map((touch) => (
              <li key={touch}>{harmless(touch)}</li>
            ))}
          </ul>
        </>
      )}
      <div className={c('choices')}>
        {choices.map((choice, index) => (
          <Button
            key={choice.id}
            looks={index === 0 ? ['primary'] : choice.isYes ? [] : ['plain']}
            aria-keyshortcuts={choice.key}
            onPress={() => {
              give(choice);
            }}
          >
            <span dir="auto">{harmless(choice.label)}</span>
            <kbd className={c('key')}>{KEY_NAMES[choice.key] ?? choice.key}</kbd>
          </Button>
        ))}
      </div>
      <TextField className={c('words')} value={words} onChange={setWords} autoComplete="off">
        <Label>With a no: what Parley should do instead</Label>
        <Input className={c('input')} dir="auto" />
      </TextField>
      {isRefused && (
        <p className={c('trouble')} role="alert">
          {NOT_SENT}
        </p>
      )}
    </section>
  );
}

/** Keys this soon after a card came up were meant for something else. */
const UNREAD_MS = 700;

type Pressed = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey'> & {
  readonly repeat?: boolean;
};

/** The keys count, too, while nothing on the page has the focus: then they can be meant for nothing else. */
function useKeysOfNobody(
  choiceOf: (event: Pressed) => ApprovalChoice | undefined,
  give: (choice: ApprovalChoice) => void,
): void {
  const latest = useRef({ choiceOf, give });
  useEffect(() => {
    latest.current = { choiceOf, give };
  });
  useEffect(() => {
    const shownAtMs = performance.now();
    const onKeyDown = (event: KeyboardEvent): void => {
      if (document.activeElement !== document.body || event.defaultPrevented) return;
      // Escape silences; and who was typing when the card came has not read it.
      if (event.key === 'Escape' || event.timeStamp - shownAtMs < UNREAD_MS) return;
      const choice = latest.current.choiceOf(event);
      if (choice === undefined) return;
      event.preventDefault();
      latest.current.give(choice);
    };
    document.addEventListener('keydown', onKeyDown);
    return () => {
      document.removeEventListener('keydown', onKeyDown);
    };
  }, []);
}

const STATUS = {
  accepted: 'Allowed',
  refused: 'Not allowed',
  answered: 'Answered',
  withdrawn: 'No longer needed',
} as const;
const HOW = {
  here: '',
  elsewhere: ' in another window',
  voice: ' by voice',
  earlier: '',
} as const;

function Settled({ entry }: { readonly entry: ApprovalEntry }): ReactElement | null {
  const { status, by, request } = entry;
  if (status === 'open') return null;
  return (
    <p className={c('settled')}>
      <Icon name={status === 'accepted' ? 'check' : 'end'} size={14} />
      <span>
        {STATUS[status]}
        {by !== undefined && HOW[by]}
        {request.command !== undefined && (
          <>
            : <code dir="ltr">{harmless(request.command)}</code>
          </>
        )}
      </span>
    </p>
  );
}
