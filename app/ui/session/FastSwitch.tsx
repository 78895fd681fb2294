import type { ReactElement } from 'react';
import { ToggleButton } from 'react-aria-components';

import { useAssistant } from '../assistantContext.ts';
import { classesOf } from '../classes.ts';
import { control } from '../controls.tsx';
import { useStore } from '../useStore.ts';
import css from './FastSwitch.module.css';

const c = classesOf(css);

/** Quicker answers of the text model, where it offers them; absent where it does not. One that is fixed says why. */
export function FastSwitch(): ReactElement | null {
  const { fast } = useAssistant();
  const { isOffered, isOn, fixed } = useStore(fast.state);
  if (!isOffered) return null;
  return (
    <ToggleButton
      className={`${control('pill')} ${c('fast')}`}
      isSelected={isOn}
      // Not disabled: whoever presses it is told the reason, and it stays as it is.
      onChange={(isSelected) => {
        void fast.set(isSelected);
      }}
    >
      <span className={c('mark')} aria-hidden="true" />
      Fast{fixed !== undefined && ' · fixed off'}
      <span className={control('hidden')}> answers at a higher price</span>
    </ToggleButton>
  );
}
