import { isOneOf, type AppServerClient } from '../../core/protocol/index.ts';
import { type EngineLink, isOfThread, type ThreadNotice } from './connection/index.ts';
import { Store } from './store.ts';

export type SayablePorts = {
  /** The engine; throws, naming what it was wanted for, while it is away. */
  readonly client: (what: string) => AppServerClient;
  /** What the user speaks, as a tag. */
  readonly language: string;
};

/** What can be said to Parley where not everything can; undefined where nobody has to be told. */
export type Sayable =
  | { readonly language: string; readonly phrases: readonly string[] }
  | undefined;

const TELLING = [
  'thread/realtime/started',
  'thread/realtime/phrases/updated',
  'thread/realtime/closed',
] as const;

/** Keeps what can be said now: by the engine's word before a voice session, and by the session's in one. */
export class SayablePhrases {
  readonly now = new Store<Sayable>(undefined);
  readonly #ports: SayablePorts;
  #load = 0;
  /** As it is when a session begins. */
  #atFirst: Sayable;

  constructor(ports: SayablePorts) {
    this.#ports = ports;
  }

  /** Asks each engine that is connected, and follows the open thread. */
  follow(link: EngineLink, openThread: () => string | undefined): void {
    link.on('ready', () => {
      void this.#ask();
    });
    link.events.on('notification', (notice) => {
      if (!isOfThread(notice, openThread())) return;
      if (!isOneOf(notice, TELLING)) return;
      this.now.update(() => this.#after(notice));
    });
  }

  #after(notice: Extract<ThreadNotice, { method: (typeof TELLING)[number] }>): Sayable {
    switch (notice.method) {
      case 'thread/realtime/phrases/updated':
        return { language: notice.params.language, phrases: notice.params.phrases };
      case 'thread/realtime/started':
        // The session says what it understands, if there is anything to say.
        return undefined;
      case 'thread/realtime/closed':
        return this.#atFirst;
    }
  }

  async #ask(): Promise<void> {
    this.#load += 1;
    const load = this.#load;
    const listed = await this.#list();
    if (load !== this.#load) return;
    const before = this.#atFirst;
    this.#atFirst = listed;
    // What a session has said meanwhile is newer.
    this.now.update((now) => (now === before ? listed : now));
  }

  /** An engine that does not know the question leaves nothing to tell. */
  async #list(): Promise<Sayable> {
    try {
      const { language } = this.#ports;
      const client = this.#ports.client('asking what can be said');
      const listed = await client.request('thread/realtime/listPhrases', { language });
      if (listed.phrases === null) return undefined;
      return { language: listed.language ?? language, phrases: listed.phrases };
    } catch {
      return undefined;
    }
  }
}
