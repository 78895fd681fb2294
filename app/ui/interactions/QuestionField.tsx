import { type ReactElement, useId } from 'react';
import { Input, Label, ListBox, ListBoxItem, Text, TextField } from 'react-aria-components';

import type { QuestionEntry } from '../../state/interactions/index.ts';
import { classesOf } from '../classes.ts';
import { Icon } from '../icons.tsx';
import css from './Questions.module.css';

const c = classesOf(css);

type QuestionFieldProps = {
  readonly question: QuestionEntry['questions'][number];
  /** The answer, where it was given by voice already. */
  readonly spoken: string | undefined;
  readonly draft: string;
  /** Choosing an option is the answer; else it is kept until all are sent. */
  readonly sendsAtOnce: boolean;
  /** On appearing. */
  readonly takesFocus: boolean;
  readonly onDraft: (text: string) => void;
  readonly onChoose: (label: string) => void;
};

/** One question: its options, and a field for other words. */
export function QuestionField(props: QuestionFieldProps): ReactElement {
  const { question, spoken, draft, sendsAtOnce, takesFocus, onDraft, onChoose } = props;
  const { header, isSecret } = question;
  const asked = useId();
  const options = question.options ?? [];
  const chosen = options.some(({ label }) => label === draft) ? draft : undefined;
  return (
    <div className={c('question')}>
      <p id={asked} className={c('asked')}>
        <span className={c('header')} dir="auto">
          {header}
        </span>
        <span dir="auto">{question.question}</span>
      </p>
      {spoken !== undefined && (
        <p className={c('given')}>
          <Icon name="check" size={14} />
          <b dir="auto">{spoken}</b>
          <span className={c('quiet')}>by voice</span>
        </p>
      )}
      {spoken === undefined && options.length > 0 && (
        <ListBox
          aria-labelledby={asked}
          className={c('options')}
          // oxlint-disable-next-line jsx-a11y/no-autofocus -- only where nobody is at work elsewhere, and it is announced
          autoFocus={takesFocus && 'first'}
          selectionMode="single"
          selectedKeys={chosen === undefined || sendsAtOnce ? [] : [chosen]}
          onSelectionChange={(keys) => {
            const [key] = keys;
            if (typeof key === 'string') onChoose(key);
            else if (chosen !== undefined) onDraft('');
          }}
        >
          {options.map(({ label, description }) => (
            <ListBoxItem key={label} id={label} textValue={label} className={c('option')}>
              <Text slot="label" className={c('label')} dir="auto">
                {label}
              </Text>
              {description !== '' && (
                <Text slot="description" className={c('description')} dir="auto">
                  {description}
                </Text>
              )}
            </ListBoxItem>
          ))}
        </ListBox>
      )}
      {spoken === undefined && (
        <TextField
          type={isSecret ? 'password' : 'text'}
          autoComplete="off"
          // oxlint-disable-next-line jsx-a11y/no-autofocus -- as above
          autoFocus={takesFocus && options.length === 0}
          className={c('other')}
          aria-describedby={asked}
          value={chosen === undefined ? draft : ''}
          onChange={onDraft}
        >
          <Label>{fieldLabel(isSecret, options.length)}</Label>
          <Input className={c('input')} dir="auto" />
        </TextField>
      )}
    </div>
  );
}

function fieldLabel(isSecret: boolean, optionCount: number): string {
  if (isSecret) return 'Your answer; it is not shown and never spoken';
  return optionCount === 0 ? 'Your answer' : 'Or in your own words';
}
