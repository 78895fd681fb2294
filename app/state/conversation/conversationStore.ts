import type { Clock, Unsubscribe } from '../../../core/base/index.ts';
import { isOneOf } from '../../../core/protocol/index.ts';
import { type EngineLink, isOfThread, type ThreadNotice } from '../connection/index.ts';
import type { Frames } from '../frames.ts';
import { Store } from '../store.ts';
import { addNote, addTypedLine, applyNotification, removeTypedLine } from './conversation.ts';
import { type Conversation, emptyConversation } from './entries.ts';

/** What the user is told in a note of its own. */
const NOTED = ['warning', 'error'] as const;

/** The open conversation: what the engine tells of its thread, and what the page puts beside it. */
export class ConversationStore extends Store<Conversation> {
  readonly #clock: Clock;
  #notes = 0;

  constructor(clock: Clock, frames: Frames) {
    super(emptyConversation, frames);
    this.#clock = clock;
  }

  /** Shows what the engine tells of the thread that is open at that time. */
  follow(link: EngineLink, openThread: () => string | undefined): Unsubscribe {
    return link.events.on('notification', (notice) => {
      if (isOfThread(notice, openThread())) this.#take(notice);
    });
  }

  /** Shows what the user has typed into the voice conversation, before the engine has it. */
  addTyped(id: string, text: string): void {
    this.update((conversation) => addTypedLine(conversation, id, text, this.#clock.nowMs()));
  }

  removeTyped(id: string): void {
    this.update((conversation) => removeTypedLine(conversation, id));
  }

  /** Says something of the page's own. False when the same has been said already. */
  note(text: string, hint?: string): boolean {
    const before = this.getSnapshot();
    this.#notes += 1;
    this.update((conversation) => addNote(conversation, this.#notes, text, hint));
    return this.getSnapshot() !== before;
  }

  #take(notice: ThreadNotice): void {
    this.update((conversation) => applyNotification(conversation, notice, this.#clock.nowMs()));
    if (!isOneOf(notice, NOTED)) return;
    if (notice.method === 'warning') {
      this.note(notice.params.message);
      return;
    }
    const { error, turnId, willRetry } = notice.params;
    const { entries } = this.getSnapshot();
    const isShown = entries.some((entry) => entry.kind === 'turn' && entry.id === turnId);
    if (!isShown && !willRetry) this.note(error.message);
  }
}
