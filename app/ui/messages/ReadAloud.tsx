import type { ReactElement } from 'react';

import { plainWords } from '../../state/conversation/index.ts';
import { useAssistant } from '../assistantContext.ts';
import { classesOf } from '../classes.ts';
import { Button } from '../controls.tsx';
import { Icon } from '../icons.tsx';
import { useIsDictating } from '../useIsDictating.ts';
import { useSelected } from '../useStore.ts';
import css from './ReadAloud.module.css';

const c = classesOf(css);
const LABEL_LENGTH = 60;

/** Has a written answer spoken; there only while a voice session runs that may speak. */
export function ReadAloud({ text }: { readonly text: string }): ReactElement | null {
  const { voice, settings } = useAssistant();
  const isLive = useSelected(voice.state, ({ phase }) => phase === 'live');
  const isDictating = useIsDictating();
  const quiet = useSelected(settings, (chosen) => chosen.quiet);
  if (!isLive || isDictating || quiet || text.trim() === '') return null;
  return (
    <span className={c('place')}>
      <Button
        looks={['plain', 'small']}
        aria-label={`Read aloud: ${plainWords(text).slice(0, LABEL_LENGTH)}`}
        onPress={() => {
          void voice.readAloud(text);
        }}
      >
        <Icon name="aloud" size={14} />
        Read aloud
      </Button>
    </span>
  );
}
