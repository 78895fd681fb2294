import type { ReactElement, ReactNode } from 'react';
import {
  Button as AriaButton,
  type ButtonProps as AriaButtonProps,
  Dialog,
  DialogTrigger,
  ListBoxItem,
  Popover,
  Text,
} from 'react-aria-components';

import { classesOf } from './classes.ts';
import { Icon } from './icons.tsx';
import css from './controls.module.css';

export const control = classesOf(css);

type Look = 'primary' | 'danger' | 'plain' | 'icon' | 'small' | 'on';

type ButtonProps = Omit<AriaButtonProps, 'className'> & { readonly looks?: readonly Look[] };

const NO_LOOKS: readonly Look[] = [];

export function Button({ looks = NO_LOOKS, ...props }: ButtonProps): ReactElement {
  return <AriaButton {...props} className={control('button', ...looks)} />;
}

type PillProps = {
  /** Message before the pill's words by a screen reader. */
  readonly label: string;
  readonly text: ReactNode;
  readonly title: string;
  readonly children: ReactNode;
};

/** A fact in the header that opens into its details. */
export function Pill({ label, text, title, children }: PillProps): ReactElement {
  return (
    <DialogTrigger>
      <AriaButton className={control('pill')}>
        <span className={control('hidden')}>{label} </span>
        <span className={control('pillText')}>{text}</span>
      </AriaButton>
      <Popover className={control('popover')} offset={8}>
        <Dialog className={control('dialog')} aria-label={title}>
          <h2>{title}</h2>
          {children}
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}

/** A row of a short list of choices; the chosen one has a tick. */
export function Option(props: {
  readonly id: string;
  readonly text: string;
  /** What choosing it means, in smaller words. */
  readonly detail?: string;
}): ReactElement {
  const { id, text, detail } = props;
  return (
    <ListBoxItem id={id} textValue={text} className={control('option')}>
      <Icon name="check" size={14} />
      {detail === undefined ? (
        text
      ) : (
        <span>
          <Text slot="label">{text}</Text>
          <Text slot="description" className={control('detail')}>
            {detail}
          </Text>
        </span>
      )}
    </ListBoxItem>
  );
}
