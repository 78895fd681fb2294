import type { FunctionTool } from '../../protocol/index.ts';

/** What the server kept of one spoken turn of the user. */
export type HeardAudio = {
  readonly durationMs: number;
  /** PCM16 mono at 24 kHz; absent when the turn is so old that its sound was let go. */
  readonly samples?: Int16Array;
};

/** One item of the conversation, reduced to what an answer can be made from. */
export type ModelItem =
  | {
      readonly type: 'message';
      readonly role: 'system' | 'developer' | 'user' | 'assistant';
      /** All written words of the message, a known transcript of its speech included. */
      readonly text: string;
      readonly heard?: HeardAudio;
    }
  | {
      readonly type: 'call';
      readonly callId: string;
      readonly name: string;
      readonly arguments: string;
    }
  | { readonly type: 'callOutput'; readonly callId: string; readonly output: string };

export type ModelContext = {
  /** The model that the client asked for. */
  readonly model: string;
  /** The conversation so far, oldest first; the last entries are what has not been answered yet. */
  readonly items: readonly ModelItem[];
  /** Instructions of the session, or of this response when it brought its own. */
  readonly instructions: string;
  /** True when `instructions` came with this one response. */
  readonly ownInstructions: boolean;
  /** Names of the functions this response may call; empty when tools are switched off. */
  readonly tools: readonly string[];
  /** The same functions as the client described them. */
  readonly functions: readonly FunctionTool[];
  /** Some function must be called. */
  readonly mustCall: boolean;
  /** The function this response must call, when the client named one. */
  readonly forcedTool?: string;
  readonly modality: 'audio' | 'text';
  /** The language the user is said to speak, as the client wrote it. */
  readonly language?: string;
};

type RawEvent = { readonly type: string; readonly [field: string]: unknown };

export type ModelOutput =
  /** Words of the answer: spoken with a transcript, or written, as the modality asks. */
  | { readonly type: 'say'; readonly text: string }
  /** Sound without words, PCM16 mono at 24 kHz; left out of written answers. */
  | { readonly type: 'playBack'; readonly samples: Int16Array }
  | { readonly type: 'call'; readonly name: string; readonly arguments: string }
  /** What the user is taken to have said in the last spoken turn. */
  | { readonly type: 'heard'; readonly text: string }
  /** Ends the response as failed. */
  | { readonly type: 'fail'; readonly code: string; readonly message: string }
  /** An event put on the wire as it stands, for tests of clients. */
  | { readonly type: 'raw'; readonly event: RawEvent }
  /** Closes the socket in the middle of the response. */
  | { readonly type: 'close'; readonly code: number; readonly reason: string };

/** The model behind the local server. */
export interface RealtimeModel {
  /** True when answers bring the transcript of spoken turns along (`heard`). */
  readonly hears: boolean;
  /**
   * Set where the model answers words, not sound: it is asked when a spoken turn has them, or at the
   * latest so long after the turn with what there is.
   */
  readonly needsWords?: { readonly withinMs: number };
  /**
   * Answers the conversation as it stands. Yields in order and ends when all is said; yielding
   * nothing is staying silent. Stops early, without an error, when the signal aborts. Whatever it
   * throws ends the response as failed.
   */
  respond(context: ModelContext, signal: AbortSignal): AsyncIterable<ModelOutput>;
  /** For people: what can be said now, where not everything can; the most telling first. */
  phrases?(context: Pick<ModelContext, 'items' | 'language'>): Sayable;
}

/** What is understood at one moment of a conversation: a few examples, each as one would write it. */
export type Sayable = { readonly language: string; readonly phrases: readonly string[] };
