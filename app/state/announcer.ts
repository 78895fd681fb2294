import { isOneOf, type ServerNotification } from '../../core/protocol/index.ts';
import { lineId, plainWords } from './conversation/index.ts';
import { Store } from './store.ts';

/** A sentence for the live region; the key makes the same words count as new. */
export type Announcement = { readonly key: number; readonly text: string };

const LONGEST = 600;

const ANNOUNCED = [
  'item/completed',
  'turn/completed',
  'thread/realtime/transcript/done',
  'thread/realtime/transcript/failed',
] as const;

/**
 * What a screen reader is told: each turn once and whole, never a token, and nothing that Parley is
 * saying aloud at the same time.
 */
export class Announcer {
  readonly current = new Store<Announcement>({ key: 0, text: '' });

  say(text: string): void {
    const short = text.length > LONGEST ? `${text.slice(0, LONGEST)} …` : text;
    this.current.update(({ key }) => ({ key: key + 1, text: short }));
  }

  /** Announces what a notification completes, if anything. */
  notice(notice: ServerNotification, isSpoken: (lineId: string) => boolean): void {
    if (!isOneOf(notice, ANNOUNCED)) return;
    switch (notice.method) {
      case 'item/completed':
        if (notice.params.item.type === 'agentMessage' && notice.params.item.text !== '')
          this.say(`Parley: ${plainWords(notice.params.item.text)}`);
        return;
      case 'turn/completed':
        if (notice.params.turn.status === 'failed')
          this.say(`That failed. ${notice.params.turn.error?.message ?? ''}`);
        else if (notice.params.turn.status === 'interrupted') this.say('Stopped.');
        return;
      case 'thread/realtime/transcript/done':
        if (notice.params.role === 'assistant' && !isSpoken(lineId(notice.params)))
          this.say(`Parley: ${notice.params.text}`);
        return;
      case 'thread/realtime/transcript/failed':
        this.say(notice.params.message);
    }
  }
}
