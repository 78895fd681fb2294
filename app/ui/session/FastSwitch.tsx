import type { ReactElement } from 'react';
import { ToggleButton } from 'react-aria-components';

import { useAssistant } from '../assistantContext.ts';
import { classesOf } from '../classes.ts';
import { control } from '../controls.tsx';
import { useStore } from '../useStore.ts';
import css from './FastSwitch.module.css';

const c = classesOf(css);

/** Quicker answers of the text model, where it offers them; absent where it does not. */
export function FastSwitch(): ReactElement | null {
  const { fast } = useAssistant();
  const { isOffered, isOn } = useStore(fast.state);
  if (!isOffered) return null;
  return (
    <ToggleButton
      className={`${control('pill')} ${c('fast')}`}
      isSelected={isOn}
      onChange={(isSelected) => {
        void fast.set(isSelected);
      }}
    >
      <span className={c('mark')} aria-hidden="true" />
      Fast
      <span className={control('hidden')}> answers at a higher price</span>
    </ToggleButton>
  );
}
