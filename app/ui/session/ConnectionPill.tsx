import type { ReactElement } from 'react';

import { ListBox } from 'react-aria-components';

import {
  isCall,
  isVoiceOn,
  type SessionFacts,
  type VoiceLinkState,
  type VoiceState,
} from '../../state/voice/index.ts';
import { useAssistant } from '../assistantContext.ts';
import { control, Option, Pill } from '../controls.tsx';
import { timeOfDay } from '../timeOfDay.ts';
import { useStore } from '../useStore.ts';
import { CONNECTIONS } from './connections.ts';

/** How the page is connected, who answers, and how the running session stands. */
export function ConnectionPill(): ReactElement {
  const { voice, link, threads, settings } = useAssistant();
  const state = useStore(voice.state);
  const facts = useStore(voice.facts);
  const { phase } = useStore(link.state);
  const way = useStore(voice.link);
  const { connection } = useStore(settings);
  const { model, provider } = useStore(threads);
  const lost = phase !== 'ready';
  return (
    <Pill
      label="Wire:"
      text={lost ? 'Not connected' : (wayName(way) ?? nameOf(connection))}
      title="Connection"
    >
      <dl className={control('facts')}>
        <dt>Engine</dt>
        <dd>{lost ? 'not connected' : 'connected'}</dd>
        <dt>Voice</dt>
        <dd>{voiceText(state, way)}</dd>
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
      {isVoiceOn(state) && way.why !== undefined && (
        <p>Talking over WebSocket, because {way.why}.</p>
      )}
      {facts.droppedChunks > 0 && (
        <p>Microphone sound dropped: {facts.droppedChunks.toLocaleString()} pieces</p>
      )}
      <h3>Connect by</h3>
      <ConnectionList />
      {isVoiceOn(state) && connection !== way.policy && (
        <p>Your choice holds from the next start of the voice.</p>
      )}
    </Pill>
  );
}

function ConnectionList(): ReactElement {
  const { settings } = useAssistant();
  const { connection } = useStore(settings);
  return (
    <ListBox
      aria-label="Connect by"
      className={control('options')}
      selectionMode="single"
      disallowEmptySelection
      selectedKeys={[connection]}
      onSelectionChange={(keys) => {
        const chosen = CONNECTIONS.find(({ id }) => keys !== 'all' && keys.has(id));
        if (chosen !== undefined) settings.update((known) => ({ ...known, connection: chosen.id }));
      }}
    >
      {CONNECTIONS.map(({ id, name, meaning }) => (
        <Option key={id} id={id} text={name} detail={meaning} />
      ))}
    </ListBox>
  );
}

const nameOf = (connection: VoiceLinkState['policy']): string =>
  CONNECTIONS.find(({ id }) => id === connection)?.name ?? '';

/** What carries the running conversation. */
function wayName({ phase }: VoiceLinkState): string | undefined {
  if (phase === 'idle') return undefined;
  return isCall(phase) ? 'WebRTC' : 'WebSocket';
}

const CALL_WORDS: Readonly<Partial<Record<VoiceLinkState['phase'], string>>> = {
  offering: 'WebRTC, making the offer',
  asking: 'WebRTC, waiting for the answer',
  joining: 'WebRTC, looking for a way',
  unsure: 'WebRTC, interrupted',
};

function voiceText(state: VoiceState, way: VoiceLinkState): string {
  if (!isVoiceOn(state)) return 'not running';
  if (state.phase !== 'live' || state.relink === undefined)
    return CALL_WORDS[way.phase] ?? (isCall(way.phase) ? 'WebRTC, Opus' : 'WebSocket, 24 kHz PCM');
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
