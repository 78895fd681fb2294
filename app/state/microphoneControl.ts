import { errorText } from '../../core/base/index.ts';
import { FRAME_MS, type Microphone, type VoiceMedia } from '../media/index.ts';
import { Store } from './store.ts';

export type MicrophoneState = {
  readonly muted: boolean;
  /** The talk key is held: heard although muted. */
  readonly talking: boolean;
  readonly device: Microphone | undefined;
  /** The stream has been perfectly silent for some seconds, which no room is. */
  readonly silent: boolean;
  /** What is wrong with the microphone, while the conversation goes on. */
  readonly trouble: string | undefined;
};

const SILENT_FRAMES = 5_000 / FRAME_MS;

/** Mute, the talk key and the health of the microphone: flags beside any state of the voice. */
export class MicrophoneControl {
  readonly state = new Store<MicrophoneState>({
    muted: false,
    talking: false,
    device: undefined,
    silent: false,
    trouble: undefined,
  });
  #zeroFrames = 0;

  setMuted(muted: boolean): void {
    this.#set({ muted, silent: false });
  }

  setTalking(talking: boolean): void {
    if (this.state.getSnapshot().talking !== talking) this.#set({ talking });
  }

  /** Another device is in use from now on. */
  use(device: Microphone): void {
    this.#zeroFrames = 0;
    this.#set({ device, silent: false, trouble: undefined });
  }

  /** Takes another device; the one before is kept when that fails. */
  async swap(media: VoiceMedia, id: string | null): Promise<void> {
    try {
      this.use(await media.swap(id));
    } catch (error) {
      this.#report(`${errorText(error)} The one before is still in use.`);
    }
  }

  /** The device in use is gone; the user's choice is kept for when it comes back. */
  async fallBack(media: VoiceMedia, isCurrent: () => boolean): Promise<void> {
    try {
      const device = await media.swap(null);
      if (!isCurrent()) return;
      this.use(device);
      this.#report('The microphone went away. The default one is used now.');
    } catch (error) {
      if (isCurrent()) this.#report(`The microphone went away. ${errorText(error)} You can type.`);
    }
  }

  #report(trouble: string): void {
    this.#set({ trouble });
  }

  /** The session is over; mute survives it, as the user set it. */
  release(): void {
    this.#zeroFrames = 0;
    this.#set({ talking: false, silent: false, trouble: undefined });
  }

  /**
   * Lets a frame through or silences it in place. Muted frames are zeros and not gaps, so that the
   * server's turn detection can still end a turn.
   */
  gate(frame: Int16Array): void {
    const { muted, talking, silent } = this.state.getSnapshot();
    if (muted && !talking) {
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
