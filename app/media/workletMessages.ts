/** What the page tells the player's worklet. */
export type PlayerCommand =
  | { readonly type: 'push'; readonly itemId: string; readonly samples: Int16Array }
  | { readonly type: 'clear'; readonly ticket: number };

/** What the player's worklet tells the page: about every 100 ms while sounding, and on each clear. */
export type PlayerReport = {
  readonly played: ReadonlyMap<string, number>;
  readonly playing: boolean;
  readonly underruns: number;
  /** Set on the answer to a `clear`. */
  readonly ticket: number | undefined;
};

export const CAPTURE_PROCESSOR = 'parley-capture';
export const PLAYBACK_PROCESSOR = 'parley-playback';
