/** Something that can say a text aloud; the local server's mouth. */
export interface SpeechVoice {
  /**
   * Yields the spoken text as PCM16 mono at 24 kHz, in order, in chunks of at most 40 ms, as soon as
   * each sentence is ready. Ends early, without an error, when the signal aborts. Blank text yields
   * nothing. Throws a `ProductError` when the voice itself fails.
   */
  speak(text: string, signal: AbortSignal): AsyncIterable<Int16Array>;
  /** Frees workers and memory; speaking afterwards throws. Closing twice does nothing. */
  close(): Promise<void>;
}
