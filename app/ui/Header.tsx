import { type ReactElement, useState } from 'react';
import { ListBox, ListBoxItem } from 'react-aria-components';

import { listMicrophones, type Microphone } from '../media/index.ts';
import { isVoiceOn, type Settings } from '../state/index.ts';
import { useAssistant } from './assistantContext.ts';
import { classesOf } from './classes.ts';
import { Button, control, Pill } from './controls.tsx';
import css from './Header.module.css';
import { Icon } from './icons.tsx';
import { PracticePill } from './PracticePill.tsx';
import { useStore } from './useStore.ts';

const c = classesOf(css);

type HeaderProps = {
  readonly onList: () => void;
  readonly onWork: () => void;
  readonly onPalette: () => void;
};

export function Header({ onList, onWork, onPalette }: HeaderProps): ReactElement {
  return (
    <header className={c('header')}>
      <div className={c('narrowOnly')}>
        <Button looks={['plain', 'icon']} aria-label="Conversations" onPress={onList}>
          <Icon name="list" size={18} />
        </Button>
      </div>
      <h1 className={c('brand')}>Parley</h1>
      <PracticePill />
      <span className={c('space')} />
      <div className={c('wideOnly')}>
        <MicrophonePill />
        <WirePill />
        <TokensPill />
      </div>
      <Button looks={['plain', 'icon']} aria-label="Commands, Control K" onPress={onPalette}>
        <Icon name="command" size={18} />
      </Button>
      <ThemePill />
      <div className={c('narrowOnly')}>
        <Button looks={['plain', 'icon']} aria-label="Work" onPress={onWork}>
          <Icon name="work" size={18} />
        </Button>
      </div>
    </header>
  );
}

const DEFAULT_DEVICE = 'system-default';

function MicrophonePill(): ReactElement {
  const { voice, settings } = useAssistant();
  const { device, trouble } = useStore(voice.microphone);
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
  // Read when the list opens; the state setter makes one read per opening.
  useState(() => {
    void listMicrophones().then(setDevices, () => {
      setDevices([]);
    });
  });
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

function Option({ id, text }: { readonly id: string; readonly text: string }): ReactElement {
  return (
    <ListBoxItem id={id} textValue={text} className={control('option')}>
      <Icon name="check" size={14} />
      {text}
    </ListBoxItem>
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
  const total = (tokens.text + tokens.voice).toLocaleString();
  return (
    <Pill label="Used:" text={`${total} tokens`} title="Used in this conversation">
      <dl className={control('facts')}>
        <dt>Voice model</dt>
        <dd>{tokens.voice.toLocaleString()} tokens</dd>
        <dt>Text model</dt>
        <dd>{tokens.text.toLocaleString()} tokens</dd>
      </dl>
    </Pill>
  );
}

const THEMES: readonly (readonly [Settings['theme'], string])[] = [
  ['system', 'Like the system'],
  ['light', 'Light'],
  ['dark', 'Dark'],
];

function ThemePill(): ReactElement {
  const { settings } = useAssistant();
  const { theme } = useStore(settings);
  return (
    <Pill label="Appearance" text={<Icon name="theme" />} title="Appearance">
      <ListBox
        aria-label="Appearance"
        className={control('options')}
        selectionMode="single"
        disallowEmptySelection
        selectedKeys={[theme]}
        onSelectionChange={(keys) => {
          const chosen = THEMES.find(([id]) => keys !== 'all' && keys.has(id));
          if (chosen !== undefined) settings.update((known) => ({ ...known, theme: chosen[0] }));
        }}
      >
        {THEMES.map(([id, text]) => (
          <Option key={id} id={id} text={text} />
        ))}
      </ListBox>
    </Pill>
  );
}
