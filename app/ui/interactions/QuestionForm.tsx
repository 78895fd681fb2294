import { type ReactElement, useId, useLayoutEffect, useRef, useState } from 'react';

import type { QuestionEntry } from '../../state/interactions/index.ts';
import { isVoiceOn } from '../../state/voice/index.ts';
import { useAssistant } from '../assistantContext.ts';
import { classesOf } from '../classes.ts';
import { Button } from '../controls.tsx';
import { useIsDictating } from '../useIsDictating.ts';
import { useStore } from '../useStore.ts';
import { QuestionField } from './QuestionField.tsx';
import css from './Questions.module.css';

const c = classesOf(css);

const NOT_SENT =
  'Not sent: Parley’s engine is not connected. It asks again once it is; your words are still here.';

type Drafts = Readonly<Record<string, string>>;

/**
 * What the agent waits for. A single question is sent with the option that is chosen; several are
 * answered one by one and sent together.
 */
export function QuestionForm({ entry }: { readonly entry: QuestionEntry }): ReactElement {
  const { questions, voice } = useAssistant();
  const isDictating = useIsDictating();
  const isTalking = isVoiceOn(useStore(voice.state)) && !isDictating;
  const [drafts, setDrafts] = useState<Drafts>({});
  const [isRefused, setRefused] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const title = useId();
  const takesFocus = useFocusOf(form);

  const isSpoken = (id: string): boolean => Object.hasOwn(entry.answers, id);
  const open = entry.questions.filter(({ id }) => !isSpoken(id));
  const single = entry.questions.length === 1;
  const answerOf = (from: Drafts, id: string): string => {
    const isSecret = open.some((question) => question.id === id && question.isSecret);
    const draft = from[id] ?? '';
    return isSecret ? draft : draft.trim();
  };
  const isReady = (from: Drafts): boolean => open.every(({ id }) => answerOf(from, id) !== '');

  const send = (from: Drafts): void => {
    if (!isReady(from)) return;
    const answers = Object.fromEntries(
      open.map(({ id }) => [id, { answers: [answerOf(from, id)] }]),
    );
    setRefused(!questions.give(entry.key, answers));
  };

  return (
    <form
      ref={form}
      className={c('card')}
      aria-labelledby={title}
      onSubmit={(event) => {
        event.preventDefault();
        send(drafts);
      }}
    >
      <h3 id={title} className={c('title')}>
        {single ? 'Parley needs an answer to go on' : 'Parley needs answers to go on'}
      </h3>
      {entry.questions.map((question) => {
        const { id } = question;
        return (
          <QuestionField
            key={id}
            question={question}
            spoken={isSpoken(id) ? (entry.answers[id]?.answers.join(', ') ?? '') : undefined}
            draft={drafts[id] ?? ''}
            sendsAtOnce={single}
            takesFocus={takesFocus && id === open[0]?.id}
            onDraft={(text) => {
              setDrafts((before) => ({ ...before, [id]: text }));
            }}
            onChoose={(label) => {
              const next = { ...drafts, [id]: label };
              setDrafts(next);
              if (single) send(next);
            }}
          />
        );
      })}
      <div className={c('foot')}>
        <Button type="submit" looks={['primary']} isDisabled={!isReady(drafts)}>
          {single ? 'Answer' : 'Send answers'}
        </Button>
        {isTalking && open.some(({ isSecret }) => !isSecret) && (
          <span className={c('quiet')}>You can also just say it.</span>
        )}
      </div>
      {isRefused && (
        <p className={c('trouble')} role="alert">
          {NOT_SENT}
        </p>
      )}
    </form>
  );
}

/**
 * Whether the focus may come here, taken from nobody: who is typing a message goes on typing. When the
 * form goes while it has the focus, the message field gets it.
 */
function useFocusOf(form: { readonly current: HTMLFormElement | null }): boolean {
  const [isWelcome] = useState(() => {
    const { activeElement, body } = document;
    const composer = findComposer();
    return activeElement === body || (activeElement === composer && composer?.value === '');
  });
  useLayoutEffect(() => {
    const element = form.current;
    return () => {
      if (element?.contains(document.activeElement) === true) findComposer()?.focus();
    };
  }, [form]);
  return isWelcome;
}

const findComposer = (): HTMLTextAreaElement | null =>
  document.querySelector<HTMLTextAreaElement>('#composer');
