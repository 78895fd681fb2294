import type { Unsubscribe } from '../../core/base/index.ts';
import type { EngineLink } from './connection/index.ts';
import { Store } from './store.ts';

/** What the engine said about its configuration or itself, each once; stays until dismissed. */
export class Warnings extends Store<readonly string[]> {
  #fault: string | undefined;

  constructor() {
    super([]);
  }

  /** Takes the warnings that belong to no conversation. */
  follow(link: EngineLink): Unsubscribe {
    return link.on('notification', ({ method, params }) => {
      if (method === 'configWarning') {
        const { summary, details } = params;
        if (details === null) this.add(summary);
        else this.#addFault(`${summary} ${details}`);
      }
      if (method === 'warning' && params.threadId === null) this.add(params.message);
    });
  }

  /** The settings can be used by now. */
  forgetFault(): void {
    if (this.#fault !== undefined) this.dismiss(this.#fault);
    this.#fault = undefined;
  }

  /** Details are those of settings that cannot be used (app-server §2), and there is one such fault at a time. */
  #addFault(message: string): void {
    this.forgetFault();
    this.#fault = message;
    this.add(message);
  }

  add(message: string): void {
    this.update((known) => (known.includes(message) ? known : [...known, message]));
  }

  dismiss(message: string): void {
    this.update((known) => known.filter((other) => other !== message));
  }
}
