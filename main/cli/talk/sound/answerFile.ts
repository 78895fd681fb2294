import { SAMPLE_RATE_HZ, samplesToMs, WavWriter } from '../../../../realtime/audio/index.ts';
import type { TalkFiles } from '../options.ts';

/**
 * The file the answer goes to, 24 kHz mono. It is opened with the first sound, so that a talk that
 * fails early leaves an older file alone.
 */
export class AnswerFile {
  readonly #path: string | undefined;
  readonly #files: TalkFiles;
  #writer: Promise<WavWriter> | undefined;
  #samples = 0;

  /** Without a path the sound is only measured. */
  constructor(path: string | undefined, files: TalkFiles) {
    this.#path = path;
    this.#files = files;
  }

  /** How long the sound is that came in. */
  get durationMs(): number {
    return samplesToMs(this.#samples);
  }

  /** Adds sound; rejects when the file cannot be written. */
  async append(samples: Int16Array): Promise<void> {
    if (samples.length === 0) return;
    this.#samples += samples.length;
    if (this.#path === undefined) return;
    this.#writer ??= this.#open(this.#path);
    const writer = await this.#writer;
    await writer.append(samples);
  }

  /** Completes the file, if there is one; the path of what was written. */
  async close(): Promise<string | undefined> {
    if (this.#writer === undefined) return undefined;
    const writer = await this.#writer;
    await writer.close();
    return this.#path;
  }

  async #open(path: string): Promise<WavWriter> {
    const format = { sampleRateHz: SAMPLE_RATE_HZ, channels: 1 };
    return new WavWriter(await this.#files.openOutput(path), format);
  }
}
