import type { EngineLink } from './connection/index.ts';
import { StandingMessages } from './standingMessages.ts';

/** What the engine said about its configuration or itself, each once; stays until dismissed. */
export class Warnings extends StandingMessages {
  #fault: string | undefined;

  /** Takes the warnings that belong to no conversation. */
  follow(link: EngineLink): void {
    link.events.on('configWarning', ({ summary, details }) => {
      if (details === null) this.add(summary);
      else this.#addFault(`${summary} ${details}`);
    });
    link.events.on('warning', ({ threadId, message }) => {
      if (threadId === null) this.add(message);
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
}
