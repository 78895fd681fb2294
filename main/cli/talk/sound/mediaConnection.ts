import type { NotificationParamsOf, RealtimeTransport } from '../../../../core/protocol/index.ts';

/** A piece of the answer as it comes where sound travels by the engine. */
export type OutputAudio = NotificationParamsOf<'thread/realtime/outputAudio/delta'>['audio'];

export type MediaEvents = {
  /** Mono 24 kHz PCM16 that was just spoken. */
  onSpoken(samples: Int16Array): void;
  /** The file has been spoken to its end; silence follows. Comes once. */
  onInputOver(): void;
  /** Mono 24 kHz PCM16 of the answer, in order. */
  onHeard(samples: Int16Array): void;
  /** A part was lost, and the talk goes on. */
  onWarning(message: string): void;
  /** Sound does not get through; may come more than once. */
  onProblem(message: string, cause?: unknown): void;
};

/** The way of sound between a talk and its voice session: by the engine, or in a call of its own. */
export interface MediaConnection {
  /** What `thread/realtime/start` is told about it. */
  readonly transport: RealtimeTransport;
  /** The session has begun: speaks the file as soon as it can be heard. */
  begin(): void;
  /** A piece of the answer came by the engine. */
  takeAudio(audio: OutputAudio): void;
  /** The provider answered the offer. */
  takeAnswer(sdp: string): void;
  /** The provider says whether its answer can be heard in the call. */
  listen(isAudible: boolean): void;
  /** Closing twice does nothing. */
  close(): Promise<void>;
}
