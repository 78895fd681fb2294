import type { ReactElement } from 'react';

import { useAssistant } from '../assistantContext.ts';
import { classesOf } from '../classes.ts';
import { Button } from '../controls.tsx';
import { Icon } from '../icons.tsx';
import { QuestionBanner } from '../interactions/index.ts';
import { useStore } from '../useStore.ts';
import css from './Banners.module.css';

const c = classesOf(css);

/** What concerns the whole page: a lost engine, and what the engine says about its configuration. */
export function Banners(): ReactElement {
  const assistant = useAssistant();
  const link = useStore(assistant.link.state);
  const warnings = useStore(assistant.warnings);
  return (
    <div className={c('banners')}>
      {link.phase === 'lost' && (
        <output className={c('banner', 'lost')}>
          <Icon name="warn" />
          <span>
            {link.attempt > 2 || !link.wasReady
              ? 'Parley’s engine does not answer. If you started it anew, open the address it printed; otherwise this page keeps trying.'
              : 'The connection to Parley’s engine was lost. Trying again; what you said and typed is kept.'}
          </span>
          <Button
            looks={['small']}
            onPress={() => {
              void assistant.link.connect();
            }}
          >
            Try now
          </Button>
        </output>
      )}
      <QuestionBanner className={c('banner')} />
      {warnings.map((message) => (
        <output key={message} className={c('banner')}>
          <Icon name="warn" />
          <span>{message}</span>
          <Button
            looks={['small']}
            onPress={() => {
              assistant.warnings.dismiss(message);
            }}
          >
            Dismiss
          </Button>
        </output>
      ))}
    </div>
  );
}
