export type ServerEventBody = { readonly type: string; readonly [field: string]: unknown };

/** Sound of an answer for a client that plays it itself: mono at 24 kHz, and its place. */
export type AudioDelta = {
  readonly responseId: string;
  readonly itemId: string;
  readonly outputIndex: number;
  readonly samples: Int16Array;
};

/** One way to a client: what a session writes to, be it a WebSocket or the data channel of a call. */
export interface EventLine {
  /** Sends one frame of text; a line that has gone takes it and forgets it. */
  write(frame: string): void;
  /** Resolves when the line can take more, or is gone. */
  ready(): Promise<void>;
  close(code: number, reason: string): void;
  /** Lets go of whoever waits for it. */
  release(): void;
}

/** An event with an id of its own, unless it brings one. */
export function eventFrame(event: ServerEventBody, newId: (prefix: string) => string): string {
  return JSON.stringify({ event_id: newId('event'), ...event });
}

/** Base64 and our own ids need no escaping, so the frame is put together by hand. */
export function audioFrame(
  { responseId, itemId, outputIndex }: Omit<AudioDelta, 'samples'>,
  delta: string,
  newId: (prefix: string) => string,
): string {
  return `{"type":"response.output_audio.delta","event_id":"${newId('event')}","response_id":"${responseId}","item_id":"${itemId}","output_index":${outputIndex},"content_index":0,"delta":"${delta}"}`;
}
