import { Emitter, type Unsubscribe } from '../../core/base/index.ts';

/** State plus change notification, with no framework in it; the view subscribes. */
export class Store<State> {
  #state: State;
  readonly #emitter = new Emitter<{ changed: undefined }>((error) => {
    reportError(error);
  });

  constructor(initial: State) {
    this.#state = initial;
  }

  // Arrow properties, because React calls them without `this`.
  readonly getSnapshot = (): State => this.#state;
  readonly subscribe = (listener: () => void): Unsubscribe => this.#emitter.on('changed', listener);

  update(reduce: (state: State) => State): void {
    const next = reduce(this.#state);
    if (Object.is(next, this.#state)) return;
    this.#state = next;
    this.#emitter.emit('changed', undefined);
  }
}
