import type { NotificationMethod } from '../protocol/index.ts';
import type { Notify } from './ports.ts';

/** What a client that has heard it may find again after any crash. */
const LASTING: ReadonlySet<NotificationMethod> = new Set<NotificationMethod>([
  'item/completed',
  'thread/realtime/item/completed',
  'turn/completed',
  // What was asked would else be forgotten without a word.
  'turn/queued',
]);

/** Sound and what it is governed by: late by a slow disk, it would be heard as a gap or a late interruption. */
const LIVE: ReadonlySet<NotificationMethod> = new Set<NotificationMethod>([
  'thread/realtime/outputAudio/delta',
  'thread/realtime/outputAudioBuffer/started',
  'thread/realtime/outputAudioBuffer/stopped',
  'thread/realtime/outputAudioBuffer/cleared',
  'thread/realtime/response/started',
  'thread/realtime/speech/started',
  'thread/realtime/speech/stopped',
]);

/** A client takes no sound of a session before it has heard of its start. */
const BEGINS_SOUND: NotificationMethod = 'thread/realtime/started';

/** Far more than is told while a healthy disk writes. */
const FULL_MESSAGES = 1024;

/** A notification and the record it waits for, or something else to be done in its turn. */
type Waiting =
  | { readonly message: Parameters<Notify>; readonly until: Promise<void> | undefined }
  | { readonly action: () => void };

/**
 * The one way out for all that clients are told of a thread. A completion leaves when everything
 * recorded before it is on the disk; what is told after it keeps its place behind it, but for the sound
 * of a running voice session, which overtakes. Where nothing waits, nothing is held up.
 */
export class Outbox {
  readonly #notify: Notify;
  readonly #onError: (error: unknown) => void;
  /** Of the last record; undefined once all of them are on the disk. */
  #durable: Promise<void> | undefined;
  #waiting: Waiting[] = [];

  constructor(notify: Notify, onError: (error: unknown) => void) {
    this.#notify = notify;
    this.#onError = onError;
  }

  /** Something was recorded; `durable` resolves when it and all before it are on the disk. */
  recorded(durable: Promise<void>): void {
    // What is appended together is durable together, so this is often the one that is known already.
    if (this.#durable === durable) return;
    this.#durable = durable;
    void this.#forget(durable);
  }

  readonly tell: Notify = (method, params) => {
    const until = LASTING.has(method) ? this.#durable : undefined;
    const isFree = this.#waiting.length === 0 || (LIVE.has(method) && !this.#isSoundToBegin);
    if (until === undefined && isFree) this.#notify(method, params);
    else this.#wait({ message: [method, params], until });
  };

  /** Runs it in its turn: now, unless something waits. */
  readonly run = (action: () => void): void => {
    if (this.#waiting.length === 0) action();
    else this.#wait({ action });
  };

  /** So much waits for the disk that whoever can wait should. */
  get isFull(): boolean {
    return this.#waiting.length > FULL_MESSAGES;
  }

  /** Resolves when all that was told so far has left. */
  async settled(): Promise<void> {
    while (this.#waiting.length > 0) {
      const { promise, resolve } = Promise.withResolvers<undefined>();
      this.run(() => {
        resolve(undefined);
      });
      await promise;
    }
  }

  get #isSoundToBegin(): boolean {
    return this.#waiting.some(
      (waiting) => 'message' in waiting && waiting.message[0] === BEGINS_SOUND,
    );
  }

  #wait(waiting: Waiting): void {
    this.#waiting.push(waiting);
    if (this.#waiting.length === 1) void this.#drain();
  }

  async #drain(): Promise<void> {
    // By index, because more may come while the first ones leave, and thousands may be waiting.
    for (let next = 0; next < this.#waiting.length; next += 1) {
      const waiting = this.#waiting[next];
      if (waiting === undefined) continue;
      if ('until' in waiting && waiting.until !== undefined) await waiting.until;
      try {
        if ('action' in waiting) waiting.action();
        else this.#notify(...waiting.message);
      } catch (error) {
        this.#onError(error);
      }
    }
    this.#waiting = [];
  }

  async #forget(durable: Promise<void>): Promise<void> {
    await durable;
    if (this.#durable === durable) this.#durable = undefined;
  }
}
