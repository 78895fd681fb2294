import type { Logger } from '../platform/index.ts';
import type { JournalFileEvents } from './journalFile.ts';

export type SavingNewsPorts = {
  readonly log: Logger;
  /** One sentence for people when a thread cannot be saved any more, and when it is saved again. */
  readonly onWarning?: (threadId: string, message: string) => void;
};

type Troubles = Pick<
  JournalFileEvents,
  'onShortened' | 'onWriteFailed' | 'onGivenUp' | 'onSavedAgain' | 'onRecordRefused'
>;

/** What people and the log are told of threads that cannot be saved as they should be. */
export class SavingNews {
  readonly #ports: SavingNewsPorts;
  /** What people were told of each thread that is not saved. */
  readonly #unsaved = new Map<string, string>();

  constructor(ports: SavingNewsPorts) {
    this.#ports = ports;
  }

  unsaved(threadId: string): string | undefined {
    return this.#unsaved.get(threadId);
  }

  forget(threadId: string): void {
    this.#unsaved.delete(threadId);
  }

  of(threadId: string): Troubles {
    const { log, onWarning } = this.#ports;
    const tellUnsaved = (message: string): void => {
      this.#unsaved.set(threadId, message);
      onWarning?.(threadId, message);
    };
    return {
      onShortened: (path) => {
        log.warn({ path }, 'a thread file has lost what it held');
        onWarning?.(
          threadId,
          'Somebody has taken away a part of this conversation’s file; what is said from here on is saved, but what is missing there is lost when Parley ends.',
        );
      },
      onWriteFailed: (path, reason, isNews) => {
        log[isNews ? 'warn' : 'debug']({ path, reason }, 'thread not saved');
        if (!isNews) return;
        tellUnsaved(
          `This conversation cannot be saved (${reason}); it goes on, but would be lost when Parley ends.`,
        );
      },
      onGivenUp: (path, reason) => {
        log.error({ path, reason }, 'thread is no longer saved');
        tellUnsaved(
          `This conversation is no longer saved (${reason}); what is said from here on is lost when Parley ends.`,
        );
      },
      onSavedAgain: () => {
        log.info({ threadId }, 'thread is saved again');
        this.#unsaved.delete(threadId);
        onWarning?.(threadId, 'This conversation is saved again.');
      },
      onRecordRefused: (path, error) => {
        log.error({ path, error }, 'record cannot be written as JSON');
      },
    };
  }
}
