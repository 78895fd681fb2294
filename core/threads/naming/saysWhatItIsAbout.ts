import type { NewRecord } from '../history/index.ts';

/**
 * Whether a record may end the first exchange of a thread: a turn that is over, or a line of voice, of which
 * the user's may come after the answer to it.
 */
export function saysWhatItIsAbout(record: NewRecord): boolean {
  return (
    record.type === 'turnCompleted' ||
    (record.type === 'realtime' && record.item.type === 'transcriptSegment')
  );
}
