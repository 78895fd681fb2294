import type { ReactElement } from 'react';

import type { Settings } from '../../state/index.ts';
import {
  endsSoon,
  isCall,
  isDictating,
  type MicrophoneState,
  type SessionFacts,
  STAGE_WORDS,
  type VoiceLinkState,
  type VoiceState,
} from '../../state/voice/index.ts';
import { useAssistant } from '../assistantContext.ts';
import { classesOf } from '../classes.ts';
import { timeOfDay } from '../timeOfDay.ts';
import { useNow } from '../useNow.ts';
import { useStore } from '../useStore.ts';
import css from './DockHint.module.css';

const c = classesOf(css);

/** What the state means for the user's hands, in one short line. */
export function DockHint({ state }: { readonly state: VoiceState }): ReactElement {
  const { voice, settings } = useAssistant();
  const microphone = useStore(voice.microphone.state);
  const facts = useStore(voice.facts);
  const way = useStore(voice.link);
  const recording = useStore(voice.recording.state);
  const { quiet, interruption } = useStore(settings);
  const stopListening = useStore(voice.stopListening);
  const nowMs = useNow(facts.endsAtMs !== undefined);
  const hint =
    troubleOf(state, microphone, way) ??
    (recording.phase === 'off' ? recording.error?.message : undefined) ??
    endOf(facts, nowMs) ??
    handsOf(state, microphone, {
      isDictation: isDictating(state, facts),
      quiet,
      interruption,
      hearsStop: stopListening === 'ready',
    });
  return (
    <small className={c('hint')} title={[hint, ...wayText(state, way)].join('\n')}>
      {hint}
    </small>
  );
}

/** How the conversation travels and why, beside the hint. */
function wayText(state: VoiceState, way: VoiceLinkState): readonly string[] {
  if (state.phase !== 'live') return [];
  if (way.why !== undefined) return [`Talking over WebSocket, because ${way.why}.`];
  return [isCall(way.phase) ? 'Talking over WebRTC.' : 'Talking over WebSocket.'];
}

function troubleOf(
  state: VoiceState,
  microphone: MicrophoneState,
  way: VoiceLinkState,
): string | undefined {
  if (microphone.error !== undefined) return microphone.error;
  if (microphone.silent) return 'No sound from the microphone. Check its switch.';
  if (state.phase === 'starting') return startingText(state.stage, way);
  if (way.phase === 'unsure') return 'The call is interrupted. Waiting a moment…';
  if (state.phase === 'reconnecting')
    return way.policy === 'websocket' || way.why !== undefined
      ? 'What you say is kept for ten seconds.'
      : 'What you say now may be lost. Wait a moment.';
  if (state.phase !== 'live' || state.relink === undefined) return undefined;
  const { attempt, cause = 'the connection was lost' } = state.relink;
  return attempt === undefined ? `${cause}.` : `Try ${attempt} · ${cause}`;
}

/** Words are kept where they go by way of the engine; a call carries them only once it stands. */
function startingText(
  stage: (VoiceState & { phase: 'starting' })['stage'],
  way: VoiceLinkState,
): string {
  if (way.phase === 'socket' && way.why !== undefined)
    return `Over WebSocket, because ${way.why}. Speak already, it is kept.`;
  return isCall(way.phase)
    ? `${STAGE_WORDS[stage]}…`
    : `${STAGE_WORDS[stage]}… Speak already, it is kept.`;
}

function endOf(facts: SessionFacts, nowMs: number): string | undefined {
  return facts.endsAtMs !== undefined && endsSoon(facts, nowMs)
    ? `The session ends at ${timeOfDay(facts.endsAtMs)}, then reconnects.`
    : undefined;
}

function handsOf(
  state: VoiceState,
  microphone: MicrophoneState,
  {
    isDictation,
    quiet,
    interruption,
    hearsStop,
  }: Pick<Settings, 'quiet' | 'interruption'> &
    Pick<SessionFacts, 'isDictation'> & { readonly hearsStop: boolean },
): string {
  if (microphone.muted) return 'Hold Space to talk · M unmutes';
  if (isDictation) return 'Written down, not answered · M mutes';
  if (quiet) return 'Answers in writing · Q speaks again';
  if (state.phase === 'live' && state.playing) {
    const stops = hearsStop ? 'Esc or “stop” stops' : 'Esc stops';
    return interruption === 'on' ? `${stops} · or just speak` : stops;
  }
  return 'Go ahead · M mutes';
}
