import type { EngineLink } from './connection/index.ts';
import { StandingMessages } from './standingMessages.ts';

/** What will change and works until then: a model in use that its provider ends. */
export class Notices extends StandingMessages {
  follow(link: EngineLink): void {
    link.events.on('deprecationNotice', ({ summary, details }) => {
      this.add(details === null ? summary : `${summary} ${details}`);
    });
  }
}
