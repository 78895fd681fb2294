import { type ReactElement, useEffect, useState } from 'react';
import { ListBox } from 'react-aria-components';

import { listMicrophones, type Microphone } from '../media/index.ts';
import { isVoiceOn } from '../state/index.ts';
import { useAssistant } from './assistantContext.ts';
import { classesOf } from './classes.ts';
import { control, Option, Pill } from './controls.tsx';
import css from './SessionPills.module.css';
import { useStore } from './useStore.ts';

const c = classesOf(css);

/** Which microphone, which wire and what was used: always in sight, open into details. */
export function SessionPills(): ReactElement {
  return (
    <div className={c('pills')}>
      <MicrophonePill />
      <WirePill />
      <TokensPill />
    </div>
  );
}

const DEFAULT_DEVICE = 'system-default';

function MicrophonePill(): ReactElement {
  const { voice, settings } = useAssistant();
  const { device, trouble } = useStore(voice.microphone.state);
  const { microphoneId } = useStore(settings);
  const name = device?.label === undefined || device.label === '' ? 'Microphone' : device.label;
  return (
    <Pill label="Microphone:" text={name} title="Microphone">
      {trouble !== undefined && <p className={c('trouble')}>{trouble}</p>}
      <MicrophoneList
        chosen={microphoneId ?? DEFAULT_DEVICE}
        onChoose={(id) => {
          void voice.chooseMicrophone(id === DEFAULT_DEVICE ? null : id);
        }}
      />
    </Pill>
  );
}

function MicrophoneList(props: {
  readonly chosen: string;
  readonly onChoose: (id: string) => void;
}): ReactElement {
  const [devices, setDevices] = useState<readonly Microphone[] | undefined>(undefined);
  // The list is mounted anew each time it opens, so it shows what is plugged in then.
  useEffect(() => {
    void listMicrophones().then(setDevices, () => {
      setDevices([]);
    });
  }, []);
  const known = (devices ?? []).filter(({ id }) => id !== 'default');
  const named = known.some(({ label }) => label !== '');
  return (
    <>
      <ListBox
        aria-label="Choose the microphone"
        className={control('options')}
        selectionMode="single"
        disallowEmptySelection
        selectedKeys={[props.chosen]}
        onSelectionChange={(keys) => {
          const [key] = keys === 'all' ? [] : Array.from(keys);
          if (typeof key === 'string') props.onChoose(key);
        }}
      >
        <Option id={DEFAULT_DEVICE} text="System default" />
        {(named ? known : []).map(({ id, label }) => (
          <Option key={id} id={id} text={label} />
        ))}
      </ListBox>
      {devices !== undefined && !named && (
        <p>More choices appear here once a microphone has been allowed.</p>
      )}
    </>
  );
}

function WirePill(): ReactElement {
  const { voice, link, threads } = useAssistant();
  const on = isVoiceOn(useStore(voice.state));
  const { phase } = useStore(link.state);
  const { model, provider } = useStore(threads);
  const lost = phase !== 'ready';
  return (
    <Pill label="Wire:" text={lost ? 'Not connected' : 'WebSocket'} title="Connection">
      <dl className={control('facts')}>
        <dt>Engine</dt>
        <dd>{lost ? 'not connected' : 'connected'}</dd>
        <dt>Voice</dt>
        <dd>{on ? 'WebSocket, 24 kHz PCM' : 'not running'}</dd>
        <dt>Provider</dt>
        <dd>{provider ?? 'known after the first message'}</dd>
        <dt>Model</dt>
        <dd>{model ?? 'known after the first message'}</dd>
      </dl>
    </Pill>
  );
}

function TokensPill(): ReactElement {
  const { tokens } = useStore(useAssistant().conversation);
  const total = (tokens.text + tokens.voice.total).toLocaleString();
  return (
    <Pill label="Used:" text={`${total} tokens`} title="Used in this conversation">
      <dl className={control('facts')}>
        <dt>Voice model</dt>
        <dd>{tokens.voice.total.toLocaleString()} tokens</dd>
        <dt>Text model</dt>
        <dd>{tokens.text.toLocaleString()} tokens</dd>
      </dl>
    </Pill>
  );
}
