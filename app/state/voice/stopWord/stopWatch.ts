import { assertNever, type Clock, type Timer } from '../../../../core/base/index.ts';
import type { VoiceMedia } from '../../../media/index.ts';
import { spotterLanguage, type StopSpotter } from '../../../media/spotter/index.ts';
import type { Settings } from '../../settings.ts';
import type { Store } from '../../store.ts';
import type { VoiceState } from '../machine/index.ts';
import { type StopEffect, type StopInput, stepStop, stopIdle } from './stopStep.ts';

/** How long Parley stays turned down while nothing was made out. */
const DUCKED_MS = 400;

/** Whether Parley listens for "stop" while it speaks, as the user is told. */
export type StopListening = 'off' | 'loading' | 'ready' | 'failed';

export type StopPorts = {
  readonly clock: Clock;
  readonly settings: Store<Settings>;
  readonly voice: Store<VoiceState>;
  readonly listening: Store<StopListening>;
  /** The browser's, as it names languages. */
  readonly language: string;
  /** Silences what is being said, as the key does. */
  readonly silence: () => void;
  readonly report: (message: string) => void;
};

/** Listens for "stop" in one conversation, from when it is live, and silences Parley by itself. */
export class StopWatch {
  readonly #media: VoiceMedia;
  readonly #ports: StopPorts;
  readonly #unsubscribe: readonly (() => void)[];
  #state = stopIdle;
  #spotter: StopSpotter | undefined;
  #patience: Timer | undefined;
  #isOver = false;

  constructor(media: VoiceMedia, ports: StopPorts) {
    this.#media = media;
    this.#ports = ports;
    const follow = (): void => {
      this.#follow();
    };
    this.#unsubscribe = [ports.settings.subscribe(follow), ports.voice.subscribe(follow)];
  }

  /** Lets go of the recogniser; twice is harmless. */
  release(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    this.#close();
  }

  #follow(): void {
    const voice = this.#ports.voice.getSnapshot();
    if (!this.#ports.settings.getSnapshot().stopWord) this.#close();
    else if (voice.phase === 'live') this.#open();
    const isSounding = voice.phase === 'live' && voice.playing && this.#spotter !== undefined;
    this.#take({ type: isSounding ? 'soundBegan' : 'soundEnded' });
  }

  #open(): void {
    const { language, listening, report } = this.#ports;
    // One that failed is not tried again before the next conversation.
    if (this.#spotter !== undefined || listening.getSnapshot() === 'failed') return;
    listening.update(() => 'loading');
    this.#spotter = this.#media.openSpotter(spotterLanguage(language), {
      onReady: () => {
        listening.update(() => 'ready');
      },
      onSpeechBegan: () => {
        this.#take({ type: 'speechBegan' });
      },
      onSpeechEnded: (word) => {
        this.#take({ type: 'speechEnded', word });
      },
      onFailed: (error) => {
        this.#close();
        listening.update(() => 'failed');
        report(error.message);
      },
    });
  }

  #close(): void {
    this.#take({ type: 'soundEnded' });
    this.#spotter?.close();
    this.#spotter = undefined;
    this.#ports.listening.update(() => 'off');
  }

  #take(input: StopInput): void {
    const { state, effects } = stepStop(this.#state, input);
    this.#state = state;
    for (const effect of effects) this.#perform(effect);
  }

  #perform(effect: StopEffect): void {
    switch (effect.type) {
      case 'listen':
        this.#spotter?.setListening(effect.isListening);
        return;
      case 'duck':
        this.#patience?.cancel();
        this.#media.setDucked(effect.isDucked);
        if (effect.isDucked) {
          this.#patience = this.#ports.clock.after(DUCKED_MS, () => {
            this.#take({ type: 'patienceEnded' });
          });
        }
        return;
      case 'silence':
        this.#ports.silence();
        return;
      default:
        assertNever(effect, 'effect');
    }
  }
}
