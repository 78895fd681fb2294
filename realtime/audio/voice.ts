/** How something is said. */
export type SpeechStyle = {
  /** A name of `voices`; any other is the voice's own choice. */
  readonly voice?: string | undefined;
  /** 1 is the voice's own pace, 2 twice as fast; from a quarter to four. */
  readonly speed?: number | undefined;
};

/** Something that can say a text aloud; the local server's mouth. */
export interface SpeechVoice {
  /** Who can be heard, the default first; undefined when the names are not known here. */
  readonly voices: readonly string[] | undefined;
  /**
   * Yields the spoken text as PCM16 mono at 24 kHz, in order, in chunks of at most 40 ms, as soon as
   * each sentence is ready. Ends early, without an error, when the signal aborts. Blank text yields
   * nothing. Throws a `ProductError` when the voice itself fails.
   */
  speak(text: string, signal: AbortSignal, style?: SpeechStyle): AsyncIterable<Int16Array>;
  /** Frees workers and memory; speaking afterwards throws. Closing twice does nothing. */
  close(): Promise<void>;
}
