import { type ReactElement, useEffect, useState } from 'react';

import { isVoiceOn } from '../../state/voice/index.ts';
import { useAssistant } from '../assistantContext.ts';
import { classesOf } from '../classes.ts';
import { Composer } from '../composer/index.ts';
import { control } from '../controls.tsx';
import { ConversationView } from '../conversation/index.ts';
import { SessionPills } from '../session/index.ts';
import { WorkColumn } from '../turns/index.ts';
import { useStore } from '../useStore.ts';
import { VoiceDock } from '../voice/index.ts';
import { Banners } from './Banners.tsx';
import { CommandPalette } from './CommandPalette.tsx';
import { Drawer } from './Drawer.tsx';
import { Header } from './Header.tsx';
import { Sidebar } from './Sidebar.tsx';
import { useCommands } from './useCommands.ts';
import { useKeys } from './useKeys.ts';
import css from './App.module.css';

const c = classesOf(css);

type Overlay = 'none' | 'palette' | 'list' | 'work';

export function App(): ReactElement {
  const assistant = useAssistant();
  const [overlay, setOverlay] = useState<Overlay>('none');
  const close = (): void => {
    setOverlay('none');
  };
  const commands = useCommands();
  useKeys(commands, () => {
    setOverlay('palette');
  });
  useTheme();
  useTitle();
  const voiceOn = isVoiceOn(useStore(assistant.voice.state));

  return (
    <div className={c('app')}>
      <a className={c('skip')} href="#composer">
        Skip to typing
      </a>
      <a className={c('skip')} href="#conversation">
        Skip to the conversation
      </a>
      <Header
        onList={() => {
          setOverlay('list');
        }}
        onWork={() => {
          setOverlay('work');
        }}
        onPalette={() => {
          setOverlay('palette');
        }}
      />
      <nav className={c('nav')} aria-label="Conversations">
        <Sidebar />
      </nav>
      <main className={c('main')}>
        <Banners />
        <ConversationView />
      </main>
      <aside className={c('aside')} aria-label="Work">
        <WorkColumn />
      </aside>
      <footer className={c('dock', voiceOn && 'talking')}>
        <VoiceDock />
        <Composer />
      </footer>

      <Drawer side="left" label="Conversations" isOpen={overlay === 'list'} onClose={close}>
        <Sidebar onChosen={close} />
      </Drawer>
      <Drawer side="right" label="Work" isOpen={overlay === 'work'} onClose={close}>
        <WorkColumn />
        <h2 className={c('drawerTitle')}>Session</h2>
        <SessionPills />
      </Drawer>
      <CommandPalette commands={commands} isOpen={overlay === 'palette'} onClose={close} />
      <LiveRegion />
    </div>
  );
}

/** Says each announcement once; a new node per announcement makes equal words count as new. */
function LiveRegion(): ReactElement {
  const { key, text } = useStore(useAssistant().announcer.current);
  return (
    <div role="log" aria-live="polite" className={control('hidden')}>
      <p key={key}>{text}</p>
    </div>
  );
}

/** A running recording also shows where only the tab can be seen. */
function useTitle(): void {
  const isRecording = useStore(useAssistant().voice.recording.state).phase === 'on';
  useEffect(() => {
    document.title = isRecording ? '● Recording – Parley' : 'Parley';
  }, [isRecording]);
}

function useTheme(): void {
  const { theme } = useStore(useAssistant().settings);
  useEffect(() => {
    if (theme === 'system') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = theme;
  }, [theme]);
}
