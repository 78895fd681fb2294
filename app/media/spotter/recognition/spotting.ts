import { FRAME_SAMPLES } from '../../pcm.ts';
import { isEcho } from './echo.ts';
import { SoundBook } from './soundBook.ts';
import type { SpotterReply, SpotterRequest } from '../spotterMessages.ts';
import { SpeechSegments } from './speechSegments.ts';
import type { StopWord } from '../stopWords.ts';

/** How long it takes at most from the loudspeaker's buffer through the room into ours. */
const LONGEST_DELAY_FRAMES = 20;
/** What sets in is compared with the loudspeaker over so many frames. */
const ONSET_FRAMES = 8;
const LONGEST_SOUND_FRAMES = 120;

export type Decode = (samples: Int16Array) => StopWord | undefined;

/** What the spotter's worker does with the sound: tells where speech sets in, and which word it was. */
export class Spotting {
  readonly #decode: Decode;
  readonly #tell: (reply: SpotterReply) => void;
  readonly #heard = new SoundBook(ONSET_FRAMES * FRAME_SAMPLES);
  readonly #played = new SoundBook((LONGEST_SOUND_FRAMES + LONGEST_DELAY_FRAMES) * FRAME_SAMPLES);
  readonly #segments = new SpeechSegments(() =>
    this.#isOurs(this.#heard.last(ONSET_FRAMES * FRAME_SAMPLES)),
  );
  #isListening = false;
  /** The word in what has sounded up to the last pause. */
  #found: StopWord | undefined;

  constructor(decode: Decode, tell: (reply: SpotterReply) => void) {
    this.#decode = decode;
    this.#tell = tell;
  }

  take(request: Exclude<SpotterRequest, { type: 'load' }>): void {
    switch (request.type) {
      case 'listen':
        this.#isListening = request.isListening;
        return;
      case 'played':
        this.#played.push(request.frame);
        return;
      case 'heard':
        this.#hear(request.frame);
    }
  }

  #hear(frame: Int16Array<ArrayBuffer>): void {
    this.#heard.push(frame);
    if (!this.#isListening) {
      this.#segments.wait(frame);
      return;
    }
    const event = this.#segments.push(frame);
    switch (event.type) {
      case 'nothing':
        return;
      case 'began':
        this.#found = undefined;
        this.#tell({ type: 'speechBegan' });
        return;
      case 'ended':
      case 'tooLong':
        this.#tell({ type: 'speechEnded', word: undefined });
        return;
      case 'paused':
        this.#found = this.#wordIn(event.samples);
        if (event.isLong) this.#tellFound();
        return;
      case 'stayed':
        this.#tellFound();
    }
  }

  #tellFound(): void {
    const word = this.#found;
    if (word === undefined) return;
    this.#found = undefined;
    this.#segments.dismiss();
    this.#tell({ type: 'speechEnded', word });
  }

  /** Parley may say such a word itself, and hear it from its own loudspeaker. */
  #wordIn(samples: Int16Array): StopWord | undefined {
    const word = this.#decode(samples);
    return word === undefined || this.#isOurs(samples) ? undefined : word;
  }

  #isOurs(heard: Int16Array): boolean {
    return isEcho(heard, this.#played.last(heard.length + LONGEST_DELAY_FRAMES * FRAME_SAMPLES));
  }
}
