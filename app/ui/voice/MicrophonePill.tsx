import { type ReactElement, useEffect, useState } from 'react';
import { ListBox } from 'react-aria-components';

import { listMicrophones, type Microphone } from '../../media/index.ts';
import { useAssistant } from '../assistantContext.ts';
import { classesOf } from '../classes.ts';
import { control, Option, Pill } from '../controls.tsx';
import { useStore } from '../useStore.ts';
import { INTERRUPTIONS } from './interruptions.ts';
import { PROCESSING, withProcessing } from './soundProcessing.ts';
import css from './MicrophonePill.module.css';

const c = classesOf(css);

const DEFAULT_DEVICE = 'system-default';

/** Which microphone is used, and what speaking into it does to Parley's voice. */
export function MicrophonePill(): ReactElement {
  const { voice, settings } = useAssistant();
  const { device, error } = useStore(voice.microphone.state);
  const { microphoneId } = useStore(settings);
  const name = device?.label === undefined || device.label === '' ? 'Microphone' : device.label;
  return (
    <Pill label="Microphone:" text={name} title="Microphone">
      {error !== undefined && <p className={c('trouble')}>{error}</p>}
      <MicrophoneList
        chosen={microphoneId ?? DEFAULT_DEVICE}
        onChoose={(id) => {
          voice.chooseMicrophone(id === DEFAULT_DEVICE ? null : id);
        }}
      />
      <h3>Sound of the microphone</h3>
      <ProcessingList />
      <h3>While Parley speaks</h3>
      <InterruptionList />
      <StopWordList />
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

function ProcessingList(): ReactElement {
  const { settings } = useAssistant();
  const known = useStore(settings);
  return (
    <ListBox
      aria-label="Sound of the microphone"
      className={control('options')}
      selectionMode="multiple"
      selectedKeys={PROCESSING.flatMap(({ id }) => (known[id] ? [id] : []))}
      onSelectionChange={(keys) => {
        settings.update((now) => withProcessing(now, (id) => keys === 'all' || keys.has(id)));
      }}
    >
      {PROCESSING.map(({ id, name, meaning }) => (
        <Option key={id} id={id} text={name} detail={meaning} />
      ))}
    </ListBox>
  );
}

function InterruptionList(): ReactElement {
  const assistant = useAssistant();
  const { interruption } = useStore(assistant.settings);
  return (
    <ListBox
      aria-label="While Parley speaks"
      className={control('options')}
      selectionMode="single"
      disallowEmptySelection
      selectedKeys={[interruption]}
      onSelectionChange={(keys) => {
        const chosen = INTERRUPTIONS.find(({ id }) => keys !== 'all' && keys.has(id));
        if (chosen !== undefined) assistant.chooseVoice({ interruption: chosen.id });
      }}
    >
      {INTERRUPTIONS.map(({ id, name, meaning }) => (
        <Option key={id} id={id} text={name} detail={meaning} />
      ))}
    </ListBox>
  );
}

function StopWordList(): ReactElement {
  const { settings } = useAssistant();
  const { stopWord } = useStore(settings);
  return (
    <ListBox
      aria-label="Words that stop Parley"
      className={control('options')}
      selectionMode="multiple"
      selectedKeys={stopWord ? ['stopWord'] : []}
      onSelectionChange={(keys) => {
        const isOn = keys === 'all' || keys.has('stopWord');
        settings.update((now) => ({ ...now, stopWord: isOn }));
      }}
    >
      <Option
        id="stopWord"
        text="Listen for “stop”"
        detail="“Stop”, “wait” and “quiet” silence it at once, even offline."
      />
    </ListBox>
  );
}
