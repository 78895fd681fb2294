import { memo, type ReactElement } from 'react';

import { assertNever } from '../../../core/base/index.ts';
import type { Entry } from '../../state/conversation/index.ts';
import { NoteView, RecordingView, VoiceLineView } from '../messages/index.ts';
import { TurnView } from '../turns/index.ts';

/** One entry of the conversation; drawn again only when that very entry has changed. */
export const EntryView = memo(function EntryView({
  entry,
}: {
  readonly entry: Entry;
}): ReactElement {
  switch (entry.kind) {
    case 'voice':
      return <VoiceLineView line={entry} />;
    case 'turn':
      return <TurnView turn={entry} />;
    case 'recording':
      return <RecordingView recording={entry} />;
    case 'note':
      return <NoteView note={entry} />;
    default:
      return assertNever(entry, 'entry');
  }
});
