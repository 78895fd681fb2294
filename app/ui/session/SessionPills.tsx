import type { ReactElement } from 'react';

import { classesOf } from '../classes.ts';
import { MicrophonePill } from '../voice/index.ts';
import { ConnectionPill } from './ConnectionPill.tsx';
import { FastSwitch } from './FastSwitch.tsx';
import { UsagePill } from './UsagePill.tsx';
import css from './SessionPills.module.css';

const c = classesOf(css);

/**
 * Which microphone, which wire and what was used: always in sight, open into details. And Fast, where
 * there is such a thing.
 */
export function SessionPills(): ReactElement {
  return (
    <div className={c('pills')}>
      <MicrophonePill />
      <ConnectionPill />
      <UsagePill />
      <FastSwitch />
    </div>
  );
}
