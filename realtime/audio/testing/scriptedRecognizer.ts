import {
  type ExpectedSpeech,
  matches,
  type Recognition,
  RecognitionError,
  type RecognitionOptions,
  type SpeechRecognizer,
  type Utterance,
} from '../recognition/index.ts';
import { samplesToMs } from '../index.ts';

const MS_PER_WORD = 300;

/**
 * A recogniser for tests, in memory. It hears what it is told, whatever sound it gets, and knows of
 * that what its grammar has: another text is `unknown`, as with the real one.
 */
export class ScriptedRecognizer implements SpeechRecognizer {
  /** Every utterance so far, ended ones too. */
  readonly utterances: ScriptedUtterance[] = [];
  /** What it was told to expect so far. */
  readonly prepared: ExpectedSpeech[] = [];
  readonly #texts: string[] = [];
  #closed = false;

  /** What is heard in the next utterances, one text each; without any it is silence. */
  hear(...texts: readonly string[]): void {
    this.#texts.push(...texts);
  }

  prepare(expected: ExpectedSpeech): void {
    this.prepared.push(expected);
  }

  begin(options: RecognitionOptions): ScriptedUtterance {
    if (this.#closed) throw new RecognitionError('recognitionClosed', 'The recogniser is closed.');
    const utterance = new ScriptedUtterance(options, () => this.#texts.shift() ?? '');
    this.utterances.push(utterance);
    return utterance;
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const utterance of this.utterances) utterance.cancel();
  }
}

export class ScriptedUtterance implements Utterance {
  readonly options: RecognitionOptions;
  /** Milliseconds of sound so far. */
  heardMs = 0;
  state: 'open' | 'ended' | 'cancelled' = 'open';
  readonly #nextText: () => string;
  #result: Promise<Recognition> | undefined;

  constructor(options: RecognitionOptions, nextText: () => string) {
    this.options = options;
    this.#nextText = nextText;
  }

  push(samples: Int16Array, sampleRateHz?: number): void {
    if (this.state === 'open') this.heardMs += samplesToMs(samples.length, sampleRateHz);
  }

  /** Tells a partial text, as the recogniser does while it listens. */
  partial(text: string): void {
    if (this.state === 'open') this.options.onPartial?.(text);
  }

  end(): Promise<Recognition> {
    this.#result ??= this.#finish();
    return this.#result;
  }

  cancel(): void {
    if (this.state === 'open') this.state = 'cancelled';
  }

  async #finish(): Promise<Recognition> {
    if (this.state === 'cancelled') {
      throw new RecognitionError('recognitionCancelled', 'The utterance was cancelled.');
    }
    this.state = 'ended';
    const text = this.#nextText();
    const { grammar, language } = this.options;
    if (text === '' || !matches(grammar, language, text)) return { type: 'unknown' };
    const words = text.split(/\s+/u).map((word, index) => ({
      text: word,
      startMs: index * MS_PER_WORD,
      endMs: (index + 1) * MS_PER_WORD,
    }));
    return { type: 'recognised', text, words, confidence: 1 };
  }
}
