import type { ReactElement } from 'react';

import type { VoiceLine } from '../../state/conversation/index.ts';
import {
  estimatedShare,
  type LedgerItem,
  heardShare,
  splitAtShare,
} from '../../state/playback/index.ts';
import { useAssistant } from '../assistantContext.ts';
import { classesOf } from '../classes.ts';
import { control } from '../controls.tsx';
import { useSelected } from '../useStore.ts';
import { Message, timeText } from './Message.tsx';
import { ReadAloud } from './ReadAloud.tsx';
import css from './VoiceLineView.module.css';

const c = classesOf(css);

/** A line of the voice conversation; what was not heard looks different from what was. */
export function VoiceLineView({ line }: { readonly line: VoiceLine }): ReactElement {
  return line.speaker === 'you' ? <YourLine line={line} /> : <ParleyLine line={line} />;
}

function YourLine({ line }: { readonly line: VoiceLine }): ReactElement {
  const facts = [...timeText(line.atMs), line.typed ? 'typed' : 'spoken'];
  return (
    <Message speaker="you" facts={facts} live={line.status === 'hearing'}>
      <span dir="auto" className={c('text')}>
        {line.text}
      </span>
      {line.text === '' && line.status === 'hearing' && (
        <span className={c('waiting')}>Hearing you…</span>
      )}
      {line.text === '' && (line.status === 'pending' || line.status === 'open') && (
        <span className={c('waiting')}>Writing down what you said…</span>
      )}
      {line.text === '' && line.status === 'done' && (
        <span className={c('waiting')}>No words were recognised.</span>
      )}
      {line.status === 'failed' && (
        <span className={c('waiting')}>
          Heard, but not written down: {line.failure ?? 'the recogniser gave no reason'}
        </span>
      )}
    </Message>
  );
}

function ParleyLine({ line }: { readonly line: VoiceLine }): ReactElement {
  const { voice } = useAssistant();
  const item = useSelected(voice.playback.ledger, ({ items }) => items.get(line.id));
  const share = shareOf(line, item);
  const [heard, unheard] = splitAtShare(line.text, share);
  const cut = item?.cut === true || (item === undefined && line.heardMs !== undefined);
  const sounding = item !== undefined && !item.cut && share < 1;
  const wasHeard = item !== undefined && !item.cut;
  const facts = [...timeText(line.atMs)];
  if (sounding) facts.push('speaking');
  else if (line.status === 'open') facts.push('answering');
  else if (line.status === 'broken') facts.push('broken off');
  else if (cut && unheard !== '') facts.push('interrupted');
  return (
    <Message
      speaker="parley"
      facts={facts}
      live={sounding || line.status === 'open'}
      action={line.status === 'done' && !wasHeard && <ReadAloud text={line.text} />}
    >
      <span dir="auto" className={c('text')}>
        {heard}
        {unheard !== '' && (
          <span className={c('unheard', cut && 'never')}>
            {cut && <span className={control('hidden')}>Not heard: </span>}
            {unheard}
          </span>
        )}
      </span>
      {line.text === '' && <span className={c('waiting')}>…</span>}
    </Message>
  );
}

function shareOf(line: VoiceLine, item: LedgerItem | undefined): number {
  if (item !== undefined) return heardShare(item);
  return line.heardMs === undefined ? 1 : estimatedShare(line.text, line.heardMs);
}
