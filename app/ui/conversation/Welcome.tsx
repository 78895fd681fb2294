import type { ReactElement } from 'react';
import { Button as AriaButton } from 'react-aria-components';

import { isVoiceOn } from '../../state/voice/index.ts';
import { useAssistant } from '../assistantContext.ts';
import { classesOf } from '../classes.ts';
import { useDraft } from '../composer/index.ts';
import { Button } from '../controls.tsx';
import { Icon } from '../icons.tsx';
import { useStore } from '../useStore.ts';
import css from './Welcome.module.css';

const c = classesOf(css);

/** To be tried where everything can be said. */
const SAMPLES = [
  'What can you do?',
  'Ask the agent to count the words in this sentence',
  'Be quiet',
] as const;
/** Of what can be said where not everything can; the strip has the rest. */
const MAX_PHRASES = 6;

/** An empty conversation: what can be done here, ready to be tried. */
export function Welcome(): ReactElement {
  const { voice, sayable } = useAssistant();
  const phrases = useStore(sayable.now)?.phrases;
  const { submit, error } = useDraft();
  const state = useStore(voice.state);
  return (
    <section className={c('welcome')} aria-labelledby="welcome-title">
      <div className={c('mark')} aria-hidden="true">
        <i /> <i /> <i /> <i /> <i /> <i /> <i /> <i /> <i />
      </div>
      <h2 id="welcome-title">
        {isVoiceOn(state) ? 'Go ahead, I’m listening.' : 'Talk with Parley'}
      </h2>
      <p>
        Say what you need, or type it. Parley answers at once and hands longer work to an agent,
        while the two of you go on talking.
      </p>
      {state.phase === 'off' && (
        <>
          <Button
            looks={['primary']}
            onPress={() => {
              void voice.start();
            }}
          >
            <Icon name="mic" />
            Start talking
            <kbd>V</kbd>
          </Button>
          <p className={c('small')}>
            Your browser will ask for the microphone: it is open only while you talk, and goes
            nowhere but to the model you chose.
          </p>
        </>
      )}
      <h3>{phrases === undefined ? 'Or try one of these' : 'Say one of these, or press it'}</h3>
      <ul className={c('samples')}>
        {(phrases?.slice(0, MAX_PHRASES) ?? SAMPLES).map((text) => (
          <li key={text}>
            <AriaButton
              className={c('sample')}
              onPress={() => {
                void submit(text);
              }}
            >
              {text}
            </AriaButton>
          </li>
        ))}
      </ul>
      {error !== undefined && <p className={c('trouble')}>{error}</p>}
    </section>
  );
}
