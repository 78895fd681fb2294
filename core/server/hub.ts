import type { NotificationMethod, NotificationParamsOf } from '../protocol/index.ts';

/** A client that can be told something. */
export interface Listener {
  notify<M extends NotificationMethod>(method: M, params: NotificationParamsOf<M>): void;
}

/** A connected client, as those who serve its requests see it. */
export interface Client extends Listener {
  /** Who the client said it is. */
  readonly clientName: string;
  /** How providers are told who asks (responses §3.1). */
  readonly userAgent: string;
}

/** Notifications that every client hears; all others go to the thread's subscribers (app-server §4). */
const TO_EVERYONE: ReadonlySet<NotificationMethod> = new Set<NotificationMethod>([
  'thread/started',
  'thread/status/changed',
]);

/** Who hears what: all initialised clients, and per thread those that started or resumed it. */
export class Hub {
  readonly #listeners = new Set<Listener>();
  readonly #subscribers = new Map<string, Set<Listener>>();

  add(listener: Listener): void {
    this.#listeners.add(listener);
  }

  remove(listener: Listener): void {
    this.#listeners.delete(listener);
    for (const subscribers of this.#subscribers.values()) subscribers.delete(listener);
  }

  subscribe(threadId: string, listener: Listener): void {
    const subscribers = this.#subscribers.get(threadId) ?? new Set();
    subscribers.add(listener);
    this.#subscribers.set(threadId, subscribers);
  }

  /** Tells whoever is concerned by something that happened in a thread. */
  tell<M extends NotificationMethod>(
    threadId: string,
    method: M,
    params: NotificationParamsOf<M>,
  ): void {
    const audience = TO_EVERYONE.has(method) ? this.#listeners : this.#subscribers.get(threadId);
    for (const listener of audience ?? []) listener.notify(method, params);
  }
}
