import { Emitter, type Unsubscribe } from '../../core/base/index.ts';
import type { CallEvents, CallState, CallWord, VoiceCall } from '../media/index.ts';

/** A call driven by hand: a test says how the connection fares and what the far side says. */
export class FakeCall implements VoiceCall {
  readonly accepted: string[] = [];
  readonly sdp: string;
  /** While set, the answer is refused with it. */
  answerFault: Error | undefined;
  /** What a check of the connection finds; never anything while undefined. */
  alive: boolean | undefined = true;
  readonly #emitter = new Emitter<CallEvents>((error) => {
    throw error;
  });
  #state: CallState = 'connecting';

  constructor(number: number) {
    this.sdp = `offer ${number}`;
  }

  get state(): CallState {
    return this.#state;
  }

  on<Name extends keyof CallEvents>(
    name: Name,
    listener: (payload: CallEvents[Name]) => void,
  ): Unsubscribe {
    return this.#emitter.on(name, listener);
  }

  async offer(): Promise<string> {
    return this.sdp;
  }

  async accept(sdp: string): Promise<void> {
    if (this.answerFault !== undefined) throw this.answerFault;
    this.accepted.push(sdp);
  }

  async isAlive(): Promise<boolean> {
    return this.alive ?? new Promise<never>(() => undefined);
  }

  close(): void {
    if (this.#state !== 'closed') this.become('closed');
  }

  become(state: CallState): void {
    this.#state = state;
    this.#emitter.emit('state', state);
  }

  say(word: CallWord): void {
    this.#emitter.emit('word', word);
  }
}
