import { type KeyboardEvent, type ReactElement, useRef, useState } from 'react';
import { ToggleButton, ToggleButtonGroup } from 'react-aria-components';

import { hasRunningTurn } from '../../state/conversation/index.ts';
import { isVoiceOn } from '../../state/voice/index.ts';
import { useAssistant } from '../assistantContext.ts';
import { classesOf } from '../classes.ts';
import { Button, control } from '../controls.tsx';
import { Icon } from '../icons.tsx';
import { useIsDictating } from '../useIsDictating.ts';
import { useSelected, useStore } from '../useStore.ts';
import { useDraft } from './useDraft.ts';
import css from './Composer.module.css';

const c = classesOf(css);
const KEPT = 50;

export function Composer(): ReactElement {
  const assistant = useAssistant();
  const isDictating = useIsDictating();
  const isTalking = isVoiceOn(useStore(assistant.voice.state)) && !isDictating;
  const isWorking = useSelected(assistant.conversation, hasRunningTurn);
  const writing = isWorking && !isTalking;
  const [text, setText] = useState('');
  const { submit, error } = useDraft();
  const sent = useRef<string[]>([]);
  const recalled = useRef(0);

  const send = async (): Promise<void> => {
    const words = text.trim();
    if (words === '') return;
    setText('');
    recalled.current = 0;
    if (await submit(words)) sent.current = [...sent.current, words].slice(-KEPT);
    // What was typed since then stays; the words that did not go out come back in front of it.
    else setText((typed) => (typed === '' ? words : `${words}\n${typed}`));
  };

  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>): void => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      void send();
      return;
    }
    const fresh = text === '' || recalled.current > 0;
    if (event.key === 'ArrowUp' && fresh && recalled.current < sent.current.length) {
      event.preventDefault();
      recalled.current += 1;
      setText(sent.current.at(-recalled.current) ?? '');
    }
  };

  return (
    <div className={c('composer')}>
      <div className={c('row')}>
        <div className={c('field')}>
          <label htmlFor="composer" className={control('hidden')}>
            Message to Parley
          </label>
          <textarea
            id="composer"
            className={c('input')}
            rows={1}
            dir="auto"
            placeholder={isTalking ? 'Type while we talk…' : 'Type a message…'}
            value={text}
            onChange={({ target }) => {
              recalled.current = 0;
              setText(target.value);
            }}
            onKeyDown={onKeyDown}
          />
          {writing ? (
            <Button
              looks={['plain', 'icon']}
              aria-label="Stop the answer, Escape"
              onPress={() => {
                assistant.stop();
              }}
            >
              <Icon name="stop" size={18} />
            </Button>
          ) : (
            <Button
              looks={['plain', 'icon']}
              aria-label="Send, Enter"
              isDisabled={text.trim() === ''}
              onPress={() => {
                void send();
              }}
            >
              <Icon name="send" size={18} />
            </Button>
          )}
        </div>
        <OutputSwitch />
      </div>
      {error !== undefined && (
        <p className={c('trouble')} role="alert">
          {error}
        </p>
      )}
    </div>
  );
}

function OutputSwitch(): ReactElement {
  const assistant = useAssistant();
  const { output } = useStore(assistant.settings);
  return (
    <ToggleButtonGroup
      aria-label="In voice, Parley answers"
      className={control('segments')}
      selectionMode="single"
      disallowEmptySelection
      selectedKeys={[output]}
      onSelectionChange={(keys) => {
        assistant.chooseVoice({ output: keys.has('text') ? 'text' : 'audio' });
      }}
    >
      <ToggleButton id="audio" className={control('segment')}>
        Speak
      </ToggleButton>
      <ToggleButton id="text" className={control('segment')}>
        Write
      </ToggleButton>
    </ToggleButtonGroup>
  );
}
