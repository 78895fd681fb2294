import type { ReactElement } from 'react';

import { clockText } from '../../state/conversation/index.ts';
import { useAssistant } from '../assistantContext.ts';
import { classesOf } from '../classes.ts';
import { Button, control } from '../controls.tsx';
import { Icon } from '../icons.tsx';
import { useNow } from '../useNow.ts';
import { useStore } from '../useStore.ts';
import css from './RecordButton.module.css';

const c = classesOf(css);

/** Starts and ends the recording of both sides; while it runs it shows so by dot, words and time. */
export function RecordButton({ isLive }: { readonly isLive: boolean }): ReactElement {
  const { voice } = useAssistant();
  const state = useStore(voice.recording.state);
  const isOn = state.phase === 'on';
  const nowMs = useNow(isOn);
  return (
    <Button
      looks={isOn ? ['on'] : []}
      isDisabled={!isLive || state.phase === 'saving'}
      aria-pressed={isOn}
      aria-label={isOn ? 'Recording; stop it' : 'Record the conversation'}
      onPress={() => {
        voice.toggleRecording();
      }}
    >
      {isOn ? <span className={c('dot')} aria-hidden="true" /> : <Icon name="record" />}
      {isOn ? <Elapsed ms={nowMs - state.sinceMs} /> : 'Record'}
      <kbd>R</kbd>
    </Button>
  );
}

function Elapsed({ ms }: { readonly ms: number }): ReactElement {
  return (
    <span className={c('time')}>
      <span className={control('hidden')}>Recording </span>
      {clockText(ms)}
    </span>
  );
}
