import type { ServerEventBody } from '../lines/index.ts';
import type { RealtimeModel } from '../models/index.ts';
import type { SessionState } from '../state/index.ts';
import type { ItemSounds } from './audioStore.ts';
import { describeConversation } from './modelContext.ts';

/** What a session includes to be told. */
const PHRASES = 'parley.phrases';

export type PhraseNewsPorts = {
  readonly model: RealtimeModel;
  readonly sounds: ItemSounds;
  send(event: ServerEventBody): void;
};

/**
 * Tells what can be said, in sessions that ask for it and with models that do not understand everything:
 * once, and whenever it changes (realtime-v2 §21.6).
 */
export class PhraseNews {
  readonly #ports: PhraseNewsPorts;
  #seen: Pick<SessionState, 'entries' | 'session'> | undefined;
  #told = '';

  constructor(ports: PhraseNewsPorts) {
    this.#ports = ports;
  }

  /** Somebody has come who knows of nothing yet. */
  repeat(): void {
    this.#seen = undefined;
    this.#told = '';
  }

  follow({ entries, session, phase }: SessionState): void {
    const { model, sounds } = this.#ports;
    if (model.phrases === undefined || phase === 'closed') return;
    if (this.#seen?.entries === entries && this.#seen.session === session) return;
    this.#seen = { entries, session };
    const { include } = session.carried;
    if (!Array.isArray(include) || !include.includes(PHRASES)) return;
    const { language, phrases } = model.phrases(describeConversation({ entries, session }, sounds));
    const news = JSON.stringify([language, phrases]);
    if (news === this.#told) return;
    this.#told = news;
    this.#ports.send({ type: 'parley.phrases.updated', language, phrases });
  }
}
