import { useEffect, useEffectEvent } from 'react';

import { useAssistant } from '../assistantContext.ts';
import type { Command } from './useCommands.ts';

const TEXT_FIELD = 'input, textarea, select, [contenteditable]';
const TAKES_SPACE = `${TEXT_FIELD}, button, a, summary, [role="option"], [role="radio"], [role="dialog"]`;

const within = (target: EventTarget | null, selector: string): boolean =>
  target instanceof Element && target.closest(selector) !== null;

/** The page's keys. Open dialogs keep theirs: react-aria stops what it has used. */
export function useKeys(commands: readonly Command[], openPalette: () => void): void {
  const assistant = useAssistant();

  const down = useEffectEvent((event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing) return;
    const modified = event.ctrlKey || event.metaKey || event.altKey;
    if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === 'k') {
      event.preventDefault();
      openPalette();
      return;
    }
    const inDialog = document.querySelector('[role="dialog"]') !== null;
    if (modified || inDialog) return;
    if (event.key === 'Escape') {
      assistant.stop();
      return;
    }
    if (event.key === ' ' && !within(event.target, TAKES_SPACE)) {
      event.preventDefault();
      assistant.voice.microphone.setTalking(true);
      return;
    }
    if (event.repeat || within(event.target, TEXT_FIELD)) return;
    if (!assistant.settings.getSnapshot().letterKeys) return;
    const command = commands.find(({ letter }) => letter === event.key.toLowerCase());
    if (command === undefined) return;
    event.preventDefault();
    command.run();
  });
  const up = useEffectEvent((event: KeyboardEvent) => {
    if (event.key === ' ') assistant.voice.microphone.setTalking(false);
  });
  // The release of a held key never arrives when the window loses the focus meanwhile.
  const away = useEffectEvent(() => {
    assistant.voice.microphone.setTalking(false);
  });

  useEffect(() => {
    const listening = new AbortController();
    const { signal } = listening;
    window.addEventListener('keydown', (event) => down(event), { signal });
    window.addEventListener('keyup', (event) => up(event), { signal });
    window.addEventListener('blur', () => away(), { signal });
    return () => {
      listening.abort();
    };
  }, []);
}
