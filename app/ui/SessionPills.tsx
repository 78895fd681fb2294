import type { ReactElement } from 'react';

import { classesOf } from './classes.ts';
import { ConnectionPill } from './ConnectionPill.tsx';
import { MicrophonePill } from './MicrophonePill.tsx';
import css from './SessionPills.module.css';
import { UsagePill } from './UsagePill.tsx';

const c = classesOf(css);

/** Which microphone, which wire and what was used: always in sight, open into details. */
export function SessionPills(): ReactElement {
  return (
    <div className={c('pills')}>
      <MicrophonePill />
      <ConnectionPill />
      <UsagePill />
    </div>
  );
}
