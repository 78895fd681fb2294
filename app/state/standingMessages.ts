import { Store } from './store.ts';

/** Sentences that stay until they are dismissed, each once. */
export class StandingMessages extends Store<readonly string[]> {
  constructor() {
    super([]);
  }

  add(message: string): void {
    this.update((known) => (known.includes(message) ? known : [...known, message]));
  }

  dismiss(message: string): void {
    this.update((known) => known.filter((other) => other !== message));
  }
}
