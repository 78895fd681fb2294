import type { ReactElement } from 'react';

import {
  endsSoon,
  type MicrophoneState,
  type SessionFacts,
  type Settings,
  STAGE_WORDS,
  type VoiceState,
} from '../state/index.ts';
import { useAssistant } from './assistantContext.ts';
import { classesOf } from './classes.ts';
import css from './DockHint.module.css';
import { timeOfDay } from './timeOfDay.ts';
import { useNow } from './useNow.ts';
import { useStore } from './useStore.ts';

const c = classesOf(css);

/** What the state means for the user's hands, in one short line. */
export function DockHint({ state }: { readonly state: VoiceState }): ReactElement {
  const { voice, settings } = useAssistant();
  const microphone = useStore(voice.microphone.state);
  const facts = useStore(voice.facts);
  const { quiet, interruption } = useStore(settings);
  const nowMs = useNow(facts.endsAtMs !== undefined);
  const hint =
    troubleOf(state, microphone) ??
    endOf(facts, nowMs) ??
    handsOf(state, microphone, quiet, interruption);
  return (
    <small className={c('hint')} title={hint}>
      {hint}
    </small>
  );
}

function troubleOf(state: VoiceState, microphone: MicrophoneState): string | undefined {
  if (microphone.trouble !== undefined) return microphone.trouble;
  if (microphone.silent) return 'No sound from the microphone. Check its switch.';
  if (state.phase === 'starting') return `${STAGE_WORDS[state.stage]}… Speak already, it is kept.`;
  if (state.phase === 'reconnecting') return 'What you say is kept for ten seconds.';
  if (state.phase !== 'live' || state.relink === undefined) return undefined;
  const { attempt, cause = 'the connection was lost' } = state.relink;
  return attempt === undefined ? `${cause}.` : `Try ${attempt} · ${cause}`;
}

function endOf(facts: SessionFacts, nowMs: number): string | undefined {
  return facts.endsAtMs !== undefined && endsSoon(facts, nowMs)
    ? `The session ends at ${timeOfDay(facts.endsAtMs)}, then reconnects.`
    : undefined;
}

function handsOf(
  state: VoiceState,
  microphone: MicrophoneState,
  quiet: boolean,
  interruption: Settings['interruption'],
): string {
  if (microphone.muted) return 'Hold Space to talk · M unmutes';
  if (quiet) return 'Answers in writing · Q speaks again';
  if (state.phase === 'live' && state.playing)
    return interruption === 'on' ? 'Esc stops · or just speak' : 'Esc stops';
  return 'Go ahead · M mutes';
}
