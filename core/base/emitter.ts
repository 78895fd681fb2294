/** Maps an event name to the one payload its listeners receive. */
export type EventMap = Record<string, unknown>;

export type Unsubscribe = () => void;

type Listener<Payload> = (payload: Payload) => void;

/**
 * A minimal typed emitter. It has no error channel on purpose: a throwing listener is reported and
 * does not stop the others, because a UI listener must never break the session that notified it.
 */
export class Emitter<Events extends EventMap> {
  readonly #listeners = new Map<keyof Events, Set<Listener<never>>>();
  readonly #onListenerError: (error: unknown) => void;

  constructor(onListenerError: (error: unknown) => void) {
    this.#onListenerError = onListenerError;
  }

  /** Adds a listener; the returned function removes it again and may be called twice. */
  on<Name extends keyof Events>(name: Name, listener: Listener<Events[Name]>): Unsubscribe {
    const listeners = this.#listeners.get(name) ?? new Set();
    listeners.add(listener);
    this.#listeners.set(name, listeners);
    return () => {
      listeners.delete(listener);
    };
  }

  emit<Name extends keyof Events>(name: Name, payload: Events[Name]): void {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- `on` stored it under the same name
    const listeners = this.#listeners.get(name) as Set<Listener<Events[Name]>> | undefined;
    // Copied so that a listener may unsubscribe while the event is being delivered.
    for (const listener of Array.from(listeners ?? [])) {
      try {
        listener(payload);
      } catch (error) {
        this.#onListenerError(error);
      }
    }
  }
}
