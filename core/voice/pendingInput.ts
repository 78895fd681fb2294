/** What a client puts into a voice conversation. */
export type VoiceInput =
  | { readonly type: 'audio'; readonly base64: string }
  | {
      readonly type: 'text';
      readonly role: 'user' | 'developer' | 'assistant';
      readonly text: string;
      readonly respond: boolean;
      /** The client's own id for the line, which it keeps everywhere; made here unless given. */
      readonly itemId?: string | undefined;
    }
  | { readonly type: 'speech'; readonly text: string };

/** About ten seconds of 40 ms chunks; older sound is worth less than fresh one. */
const AUDIO_LIMIT = 256;

/**
 * Input that came while no connection was there, in order. Words are all kept; of sound the oldest
 * is dropped beyond a limit, so that nobody is answered to what they said long ago.
 */
export class PendingInput {
  #inputs: VoiceInput[] = [];
  #audioCount = 0;
  #dropped = 0;

  /** How many pieces of sound found no room. */
  get dropped(): number {
    return this.#dropped;
  }

  add(input: VoiceInput): void {
    this.#inputs.push(input);
    if (input.type !== 'audio') return;
    this.#audioCount += 1;
    if (this.#audioCount <= AUDIO_LIMIT) return;
    this.#inputs.splice(
      this.#inputs.findIndex((other) => other.type === 'audio'),
      1,
    );
    this.#audioCount -= 1;
    this.#dropped += 1;
  }

  /** Gives everything up; returns what was lost, sound that found no room included. */
  giveUp(): { readonly sounds: number; readonly words: number } {
    const sounds = this.#dropped + this.#audioCount;
    const words = this.take().filter(({ type }) => type !== 'audio').length;
    return { sounds, words };
  }

  /** Hands everything over and is empty afterwards. */
  take(): readonly VoiceInput[] {
    const inputs = this.#inputs;
    this.#inputs = [];
    this.#audioCount = 0;
    return inputs;
  }
}
