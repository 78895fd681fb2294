import { msToSamples, type SpeechStyle, type SpeechVoice } from '../index.ts';
import { tone } from './signals.ts';

const MS_PER_CHARACTER = 60;
const CHUNK_MS = 40;

/**
 * A voice for tests: 440 Hz for 60 ms per character of the trimmed text, at once, in chunks of 40 ms.
 * Keeps what it was asked to say.
 */
export class ToneVoice implements SpeechVoice {
  readonly voices = ['tone', 'chime'];
  readonly spoken: string[] = [];
  /** How each of them was asked for. */
  readonly styles: SpeechStyle[] = [];
  #closed = false;

  async *speak(
    text: string,
    signal: AbortSignal,
    style: SpeechStyle = {},
  ): AsyncIterable<Int16Array> {
    if (this.#closed) throw new Error('The tone voice is closed');
    this.spoken.push(text);
    this.styles.push(style);
    const sound = tone(440, text.trim().length * MS_PER_CHARACTER);
    const chunkSamples = msToSamples(CHUNK_MS);
    for (let start = 0; start < sound.length; start += chunkSamples) {
      if (signal.aborted) return;
      yield sound.slice(start, start + chunkSamples);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
  }
}

export function createToneVoice(): ToneVoice {
  return new ToneVoice();
}
