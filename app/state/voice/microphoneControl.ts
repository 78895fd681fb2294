import { errorText } from '../../../core/base/index.ts';
import {
  FRAME_MS,
  type Microphone,
  type MicrophoneChoice,
  type VoiceMedia,
} from '../../media/index.ts';
import { Store } from '../store.ts';

export type MicrophoneState = {
  readonly muted: boolean;
  /** The talk key is held: heard although muted. */
  readonly talking: boolean;
  readonly device: Microphone | undefined;
  /** The stream has been perfectly silent for some seconds, which no room is. */
  readonly silent: boolean;
  /** What is wrong with the microphone, while the conversation goes on. */
  readonly error: string | undefined;
};

const SILENT_FRAMES = 5_000 / FRAME_MS;

/** Mute, the talk key and the health of the microphone: flags beside any state of the voice. */
export class MicrophoneControl {
  readonly state = new Store<MicrophoneState>({
    muted: false,
    talking: false,
    device: undefined,
    silent: false,
    error: undefined,
  });
  #zeroFrames = 0;
  #changing: Promise<void> = Promise.resolve();

  setMuted(muted: boolean): void {
    this.#set({ muted, silent: false });
  }

  setTalking(talking: boolean): void {
    if (this.state.getSnapshot().talking !== talking) this.#set({ talking });
  }

  /** Another device is in use from now on. */
  use(device: Microphone): void {
    this.#zeroFrames = 0;
    this.#set({ device, silent: false, error: undefined });
  }

  /** True while the user can be heard. */
  get isOpen(): boolean {
    const { muted, talking } = this.state.getSnapshot();
    return !muted || talking;
  }

  /** Takes another device; the one before is kept when that fails. */
  async swap(media: VoiceMedia, choice: MicrophoneChoice, isCurrent: () => boolean): Promise<void> {
    await this.#change(
      async () => media.swap(choice),
      isCurrent,
      (fault) => `${fault} The one before is still in use.`,
    );
  }

  /** Has its sound processed in another way. */
  async tune(media: VoiceMedia, choice: MicrophoneChoice, isCurrent: () => boolean): Promise<void> {
    await this.#change(
      async () => media.tune(choice),
      isCurrent,
      (fault) => `${fault} Its sound is processed as before.`,
    );
  }

  /** The device in use is gone; the user's choice is kept for when it comes back. */
  async fallBack(
    media: VoiceMedia,
    choice: MicrophoneChoice,
    isCurrent: () => boolean,
  ): Promise<void> {
    const isDone = await this.#change(
      async () => media.swap({ ...choice, id: null }),
      isCurrent,
      (fault) => `The microphone went away. ${fault} You can type.`,
    );
    if (isDone) this.#report('The microphone went away. The default one is used now.');
  }

  /** One change after the other, so that the last one asked for is the one that stays. */
  async #change(
    change: () => Promise<Microphone>,
    isCurrent: () => boolean,
    explain: (fault: string) => string,
  ): Promise<boolean> {
    const before = this.#changing;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#changing = promise;
    try {
      await before;
      if (!isCurrent()) return false;
      const device = await change();
      if (!isCurrent()) return false;
      this.use(device);
      return true;
    } catch (error) {
      if (isCurrent()) this.#report(explain(errorText(error)));
      return false;
    } finally {
      resolve();
    }
  }

  #report(error: string): void {
    this.#set({ error });
  }

  /** The session is over; mute survives it, as the user set it. */
  release(): void {
    this.#zeroFrames = 0;
    this.#set({ talking: false, silent: false, error: undefined });
  }

  /**
   * Lets a frame through or silences it in place. Muted frames are zeros and not gaps, so that the
   * server's turn detection can still end a turn.
   */
  gate(frame: Int16Array): void {
    const { silent } = this.state.getSnapshot();
    if (!this.isOpen) {
      frame.fill(0);
      return;
    }
    this.#zeroFrames = frame.every((sample) => sample === 0) ? this.#zeroFrames + 1 : 0;
    const nowSilent = this.#zeroFrames >= SILENT_FRAMES;
    if (nowSilent !== silent) this.#set({ silent: nowSilent });
  }

  #set(change: Partial<MicrophoneState>): void {
    this.state.update((state) => ({ ...state, ...change }));
  }
}
