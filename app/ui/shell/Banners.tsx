import type { ReactElement } from 'react';

import type { LinkState } from '../../state/connection/index.ts';
import { useAssistant } from '../assistantContext.ts';
import { classesOf } from '../classes.ts';
import { Button } from '../controls.tsx';
import { Icon } from '../icons.tsx';
import { QuestionBanner } from '../interactions/index.ts';
import { useStore } from '../useStore.ts';
import css from './Banners.module.css';

const c = classesOf(css);

const KEPT = 'What you said and typed is kept.';

function lostWords({ cause, attempt }: Extract<LinkState, { phase: 'lost' }>): string {
  switch (cause) {
    case 'hostGone':
      return 'Parley has ended on this computer. Start it again, with npm start, and open the address it prints.';
    case 'addressExpired':
      return 'This page’s address does not fit the Parley that runs now; open the address it printed.';
    case 'engineAway':
      return `Parley’s engine has stopped and is being started again. ${KEPT}`;
    case undefined:
      return attempt > 2
        ? `Parley’s engine does not answer. This page keeps trying. ${KEPT}`
        : `The connection to Parley’s engine was lost. Trying again. ${KEPT}`;
  }
}

/** What concerns the whole page: a lost engine, and what the engine says about its configuration. */
export function Banners(): ReactElement {
  const assistant = useAssistant();
  const link = useStore(assistant.link.state);
  const warnings = useStore(assistant.warnings);
  const notices = useStore(assistant.notices);
  return (
    <div className={c('banners')}>
      {link.phase === 'lost' && (
        <output className={c('banner', 'lost')}>
          <Icon name="warn" />
          <span>{lostWords(link)}</span>
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
      {notices.map((message) => (
        <output key={message} className={c('banner', 'notice')}>
          <Icon name="time" />
          <span>{message}</span>
          <Button
            looks={['small']}
            onPress={() => {
              assistant.notices.dismiss(message);
            }}
          >
            Got it
          </Button>
        </output>
      ))}
    </div>
  );
}
