import type { ReactElement } from 'react';
import { ListBox } from 'react-aria-components';

import type { Settings } from '../../state/index.ts';
import { useAssistant } from '../assistantContext.ts';
import { classesOf } from '../classes.ts';
import { Button, control, Option, Pill } from '../controls.tsx';
import { Icon } from '../icons.tsx';
import { PracticePill, SessionPills } from '../session/index.ts';
import { useStore } from '../useStore.ts';
import css from './Header.module.css';

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
        <SessionPills />
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
