import type { ReactElement } from 'react';

import { hasRunningTurn } from '../../state/conversation/index.ts';
import { isVoiceOn, type VoiceState, voiceWord } from '../../state/voice/index.ts';
import { useAssistant } from '../assistantContext.ts';
import { classesOf } from '../classes.ts';
import { Button } from '../controls.tsx';
import { Icon } from '../icons.tsx';
import { Note } from '../messages/index.ts';
import { useIsDictating } from '../useIsDictating.ts';
import { useSelected, useStore } from '../useStore.ts';
import { DockHint } from './DockHint.tsx';
import { RecordButton } from './RecordButton.tsx';
import { SayableStrip } from './SayableStrip.tsx';
import { Waveform } from './Waveform.tsx';
import css from './VoiceDock.module.css';

const c = classesOf(css);

/** The voice: its state in a word, the waveform, and the hands on it. */
export function VoiceDock(): ReactElement | null {
  const assistant = useAssistant();
  const state = useStore(assistant.voice.state);
  const isEmpty = useSelected(assistant.conversation, ({ entries }) => entries.length === 0);
  const { quiet } = useStore(assistant.settings);
  if (isVoiceOn(state)) {
    return (
      <>
        <SayableStrip />
        <RunningVoice state={state} />
      </>
    );
  }
  // An empty conversation has the same invitation in its middle.
  const isInvited = state.phase === 'off' && isEmpty;
  if (isInvited && !quiet) return null;
  return (
    <div className={c('idle')}>
      {state.phase === 'failed' && (
        <div className={c('failed')} role="alert">
          <Note text={state.error.message} hint={state.error.hint} />
        </div>
      )}
      {!isInvited && (
        <Button
          looks={['primary']}
          onPress={() => {
            void assistant.voice.start();
          }}
        >
          <Icon name="mic" />
          {state.phase === 'off' ? 'Start talking' : 'Talk again'}
          <kbd>V</kbd>
        </Button>
      )}
      {quiet && <QuietButton />}
      <output className={c('note')}>{idleNote(state.phase === 'ended', quiet)}</output>
    </div>
  );
}

function idleNote(hasEnded: boolean, quiet: boolean): string {
  if (quiet) return 'Quiet: in voice, Parley listens and writes. “Speak again” ends it.';
  return hasEnded ? 'Voice ended; the microphone is off.' : 'The microphone is off.';
}

function QuietButton(): ReactElement {
  const assistant = useAssistant();
  const { quiet } = useStore(assistant.settings);
  return (
    <Button
      looks={quiet ? ['on'] : []}
      aria-pressed={quiet}
      onPress={() => {
        assistant.setQuiet(!quiet);
      }}
    >
      <Icon name={quiet ? 'quiet' : 'aloud'} />
      Quiet
      <kbd>Q</kbd>
    </Button>
  );
}

function RunningVoice({ state }: { readonly state: VoiceState }): ReactElement {
  const assistant = useAssistant();
  const { voice } = assistant;
  const microphone = useStore(voice.microphone.state);
  const { quiet } = useStore(assistant.settings);
  const working = useSelected(assistant.conversation, hasRunningTurn);
  const isDictation = useIsDictating();
  const word = voiceWord(state, { working, isDictation });
  const speaking = state.phase === 'live' && (state.playing || state.responseId !== undefined);
  return (
    <div className={c('voice')}>
      <div className={c('state')}>
        <output className={c('word')}>
          {word}
          {microphone.muted && (
            <em className={c('flag', 'closed')}>{microphone.talking ? 'Talking' : 'Muted'}</em>
          )}
          {quiet && !isDictation && <em className={c('flag')}>Quiet</em>}
        </output>
        <DockHint state={state} />
      </div>
      <div className={c('waveform')}>
        <Waveform timeline={voice.playback.waveform} working={working} />
      </div>
      <div className={c('tools')}>
        <Button
          looks={microphone.muted ? ['on'] : []}
          aria-pressed={microphone.muted}
          onPress={() => {
            voice.microphone.setMuted(!microphone.muted);
          }}
        >
          <Icon name={microphone.muted ? 'micOff' : 'mic'} />
          {microphone.muted ? 'Muted' : 'Mute'}
          <kbd>M</kbd>
        </Button>
        {!isDictation && <QuietButton />}
        <RecordButton isLive={state.phase === 'live'} />
        {!isDictation && (
          <Button
            isDisabled={!speaking}
            onPress={() => {
              assistant.stop();
            }}
          >
            <Icon name="stop" />
            Stop
            <kbd>Esc</kbd>
          </Button>
        )}
        <Button
          looks={['danger']}
          onPress={() => {
            void voice.end();
          }}
        >
          End
        </Button>
      </div>
    </div>
  );
}
