import {
  type NotificationMethod,
  type NotificationParamsOf,
  type RequestId,
  audiences,
  type BroadcastMethod,
  type ServerRequestMethod,
  type ServerRequestParamsOf,
  type ThreadNotificationMethod,
} from '../protocol/index.ts';

/** A client that can be told and asked something. */
export interface Listener {
  /** False for a client of which nobody knows whose it is: it may not have programs run. */
  readonly isOwner: boolean;
  /** What it was told and has not taken yet, as far as its wire tells; 0 once it has gone. */
  readonly unreadBytes: number;
  notify<M extends NotificationMethod>(method: M, params: NotificationParamsOf<M>): void;
  /** Asks under an id that all clients share; what it answers arrives at `ServerRequests`. */
  request<M extends ServerRequestMethod>(
    id: RequestId,
    method: M,
    params: ServerRequestParamsOf<M>,
  ): void;
}

/** A connected client, as those who serve its requests see it. */
export interface Client extends Listener {
  /** Who the client said it is. */
  readonly clientName: string;
  /** How providers are told who asks (responses §3.1). */
  readonly userAgent: string;
  /** The folder that its relative paths are meant from. */
  readonly cwd: string;
}

const NOBODY: ReadonlySet<Listener> = new Set();

/** Who hears what: all initialised clients, and per thread those that started or resumed it. */
export class Subscriptions {
  readonly #listeners = new Set<Listener>();
  readonly #subscribers = new Map<string, Set<Listener>>();
  /** Threads that somebody has had to do with who may not be the user. */
  readonly #shared = new Set<string>();
  /** Told when a thread has lost its last subscriber. */
  onDeserted: ((threadId: string) => void) | undefined;
  /** Told when a client has gone, before what it was subscribed to is deserted. */
  onGone: ((listener: Listener) => void) | undefined;

  add(listener: Listener): void {
    this.#listeners.add(listener);
  }

  remove(listener: Listener): void {
    this.#listeners.delete(listener);
    this.onGone?.(listener);
    for (const threadId of Array.from(this.#subscribers.keys())) {
      this.unsubscribe(threadId, listener);
    }
  }

  subscribersOf(threadId: string): ReadonlySet<Listener> {
    return this.#subscribers.get(threadId) ?? NOBODY;
  }

  hasSubscribers(threadId: string): boolean {
    return this.#subscribers.has(threadId);
  }

  /** How far the fastest of those who listen to a thread is behind; 0 where nobody listens. */
  unreadBytesOf(threadId: string): number {
    let fewest = Infinity;
    for (const { unreadBytes } of this.subscribersOf(threadId))
      fewest = Math.min(fewest, unreadBytes);
    return fewest === Infinity ? 0 : fewest;
  }

  /** A client that has gone while its request was served subscribes to nothing. */
  subscribe(threadId: string, listener: Listener): void {
    if (!this.#listeners.has(listener)) return;
    const subscribers = this.#subscribers.get(threadId) ?? new Set();
    subscribers.add(listener);
    this.noteClient(threadId, listener);
    this.#subscribers.set(threadId, subscribers);
  }

  /** A client has to do with a thread: listens to it, or asks something of it. */
  noteClient(threadId: string, { isOwner }: Pick<Listener, 'isOwner'>): void {
    if (!isOwner) this.#shared.add(threadId);
  }

  /** Whether all that was ever asked of a thread in this process came from its user. */
  isOwnersAlone(threadId: string): boolean {
    return !this.#shared.has(threadId);
  }

  /** Returns whether it was subscribed. */
  unsubscribe(threadId: string, listener: Listener): boolean {
    const subscribers = this.#subscribers.get(threadId);
    if (subscribers?.delete(listener) !== true) return false;
    if (subscribers.size === 0) {
      this.#subscribers.delete(threadId);
      this.onDeserted?.(threadId);
    }
    return true;
  }

  /** The thread has left, and nobody listens to it any more. */
  dismiss(threadId: string): void {
    this.#subscribers.delete(threadId);
  }

  /** Tells those whom the row of the table names of something that happened in a thread. */
  tell<M extends ThreadNotificationMethod>(
    threadId: string,
    method: M,
    params: NotificationParamsOf<M>,
  ): void {
    for (const listener of this.#audienceOf(threadId, method)) listener.notify(method, params);
  }

  /** Tells every client of something that is about no thread. */
  broadcast<M extends BroadcastMethod>(method: M, params: NotificationParamsOf<M>): void {
    for (const listener of this.#listeners) listener.notify(method, params);
  }

  /** `tell` for one thread: every notification of a turn takes this way. */
  tellerOf(
    threadId: string,
  ): <M extends ThreadNotificationMethod>(method: M, params: NotificationParamsOf<M>) => void {
    return (method, params) => {
      this.tell(threadId, method, params);
    };
  }

  #audienceOf(threadId: string, method: ThreadNotificationMethod): ReadonlySet<Listener> {
    return audiences[method] === 'all' ? this.#listeners : this.subscribersOf(threadId);
  }
}
