import { Emitter, type Unsubscribe } from '../../core/base/index.ts';
import type { Frames } from './frames.ts';

/**
 * State plus change notification, with no framework in it; the view subscribes. Where frames are given,
 * the state still changes at once, and listeners hear of all changes of a frame together.
 */
export class Store<State> {
  #state: State;
  readonly #frames: Frames | undefined;
  #isAnnounced = false;
  readonly #emitter = new Emitter<{ changed: undefined }>((error) => {
    reportError(error);
  });

  constructor(initial: State, frames?: Frames) {
    this.#state = initial;
    this.#frames = frames;
  }

  // Arrow properties, because React calls them without `this`.
  readonly getSnapshot = (): State => this.#state;
  readonly subscribe = (listener: () => void): Unsubscribe => this.#emitter.on('changed', listener);

  update(reduce: (state: State) => State): void {
    const next = reduce(this.#state);
    if (Object.is(next, this.#state)) return;
    this.#state = next;
    if (this.#frames === undefined) this.#emitter.emit('changed', undefined);
    else this.#announce(this.#frames);
  }

  #announce(frames: Frames): void {
    if (this.#isAnnounced) return;
    this.#isAnnounced = true;
    frames.next(() => {
      this.#isAnnounced = false;
      this.#emitter.emit('changed', undefined);
    });
  }
}
