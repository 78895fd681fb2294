import { type ReactElement, useId, useLayoutEffect, useRef, useState } from 'react';

import { isVoiceOn, type QuestionEntry } from '../state/index.ts';
import { useAssistant } from './assistantContext.ts';
import { classesOf } from './classes.ts';
import { Button } from './controls.tsx';
import { QuestionField } from './QuestionField.tsx';
import css from './Questions.module.css';
import { useStore } from './useStore.ts';

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
  const voiceOn = isVoiceOn(useStore(voice.state));
  const [drafts, setDrafts] = useState<Drafts>({});
  const [trouble, setTrouble] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const title = useId();
  useFocusOf(form);

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
    setTrouble(!questions.give(entry.key, answers));
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
        {voiceOn && open.some(({ isSecret }) => !isSecret) && (
          <span className={c('quiet')}>You can also just say it.</span>
        )}
      </div>
      {trouble && (
        <p className={c('trouble')} role="alert">
          {NOT_SENT}
        </p>
      )}
    </form>
  );
}

const FIRST_FIELD = '[role="option"], input';

/**
 * Takes the focus where that takes it from nobody, and hands it to the message field at the end. Who is
 * typing a message goes on typing.
 */
function useFocusOf(form: { readonly current: HTMLFormElement | null }): void {
  useLayoutEffect(() => {
    const element = form.current;
    const composer = document.querySelector<HTMLTextAreaElement>('#composer');
    const active = document.activeElement;
    const isIdle = active === document.body || (active === composer && composer?.value === '');
    if (isIdle) element?.querySelector<HTMLElement>(FIRST_FIELD)?.focus();
    return () => {
      if (element?.contains(document.activeElement) === true) composer?.focus();
    };
  }, [form]);
}
