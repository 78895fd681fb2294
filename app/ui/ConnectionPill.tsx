import type { ReactElement } from 'react';

import { isVoiceOn, type SessionFacts, type VoiceState } from '../state/index.ts';
import { useAssistant } from './assistantContext.ts';
import { control, Pill } from './controls.tsx';
import { timeOfDay } from './timeOfDay.ts';
import { useStore } from './useStore.ts';

/** How the page is connected, who answers, and how the running session stands. */
export function ConnectionPill(): ReactElement {
  const { voice, link, threads } = useAssistant();
  const state = useStore(voice.state);
  const facts = useStore(voice.facts);
  const { phase } = useStore(link.state);
  const { model, provider } = useStore(threads);
  const lost = phase !== 'ready';
  return (
    <Pill label="Wire:" text={lost ? 'Not connected' : 'WebSocket'} title="Connection">
      <dl className={control('facts')}>
        <dt>Engine</dt>
        <dd>{lost ? 'not connected' : 'connected'}</dd>
        <dt>Voice</dt>
        <dd>{voiceText(state)}</dd>
        <dt>Provider</dt>
        <dd>{provider ?? 'known after the first message'}</dd>
        <dt>Model</dt>
        <dd>{model ?? 'known after the first message'}</dd>
        {state.phase === 'live' && (
          <>
            <dt>Answer</dt>
            <dd>{answerText(facts)}</dd>
            {facts.endsAtMs !== undefined && (
              <>
                <dt>Session ends</dt>
                <dd>{timeOfDay(facts.endsAtMs)}, then reconnects</dd>
              </>
            )}
          </>
        )}
      </dl>
      {state.phase === 'live' && state.relink?.cause !== undefined && (
        <p>Reconnecting because: {state.relink.cause}</p>
      )}
      {facts.droppedChunks > 0 && (
        <p>Microphone sound dropped: {facts.droppedChunks.toLocaleString()} pieces</p>
      )}
    </Pill>
  );
}

function voiceText(state: VoiceState): string {
  if (!isVoiceOn(state)) return 'not running';
  if (state.phase !== 'live' || state.relink === undefined) return 'WebSocket, 24 kHz PCM';
  const { attempt } = state.relink;
  return attempt === undefined ? 'reconnecting' : `reconnecting, try ${attempt}`;
}

const ANSWER_WORDS: Readonly<Record<SessionFacts['answer'], string>> = {
  free: 'none in the making',
  requested: 'asked for',
  active: 'being made',
};

function answerText({ answer, waiting }: SessionFacts): string {
  return waiting === 0 ? ANSWER_WORDS[answer] : `${ANSWER_WORDS[answer]}, ${waiting} more waiting`;
}
