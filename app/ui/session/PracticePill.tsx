import type { ReactElement } from 'react';

import { useAssistant } from '../assistantContext.ts';
import { classesOf } from '../classes.ts';
import { Pill } from '../controls.tsx';
import { useStore } from '../useStore.ts';
import css from './PracticePill.module.css';

const c = classesOf(css);

/** Says that the answers come from the built-in practice model, and how to have a real one. */
export function PracticePill(): ReactElement | null {
  const { threads, link } = useAssistant();
  const { provider } = useStore(threads);
  const state = useStore(link.state);
  if (provider !== 'practice') return null;
  const home = state.phase === 'ready' ? state.home : '~/.parley';
  return (
    <Pill
      label=""
      text={
        <>
          Practice <b className={c('wide')}>no key needed</b>
        </>
      }
      title="You are practising"
    >
      <p>
        A small model built into Parley answers, on this computer and without a network. It
        understands a set of spoken phrases in English and French, which the page shows, and no free
        speech; typed requests it follows in any words it knows. Say “ask the agent to …”, “be
        quiet”, or “play that back” to check microphone and loudspeaker.
      </p>
      <p>For real answers, start Parley with your key in the environment:</p>
      <pre>OPENAI_API_KEY=… npm start</pre>
      <p>
        or name a provider, its address and its key variable in <code>{home}/config.toml</code>,
        then start Parley again.
      </p>
    </Pill>
  );
}
