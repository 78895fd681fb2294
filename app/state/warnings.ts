import type { Unsubscribe } from '../../core/base/index.ts';
import type { EngineLink } from './connection/index.ts';
import { Store } from './store.ts';

/** What the engine said about its configuration or itself, each once; stays until dismissed. */
export class Warnings extends Store<readonly string[]> {
  constructor() {
    super([]);
  }

  /** Takes the warnings that belong to no conversation. */
  follow(link: EngineLink): Unsubscribe {
    return link.on('notification', ({ method, params }) => {
      if (method === 'configWarning') {
        const { summary, details } = params;
        this.add(details === null ? summary : `${summary} ${details}`);
      }
      if (method === 'warning' && params.threadId === null) this.add(params.message);
    });
  }

  add(message: string): void {
    this.update((known) => (known.includes(message) ? known : [...known, message]));
  }

  dismiss(message: string): void {
    this.update((known) => known.filter((other) => other !== message));
  }
}
