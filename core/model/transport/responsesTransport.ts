import type {
  Key,
  ModelEvent,
  ModelRequest,
  ResponseItem,
  TraceContext,
} from '../contract/index.ts';
import { HttpError } from '../http/index.ts';
import type { TurnContext } from '../request/index.ts';
import type { DecodedWhole, DecodedWireEvent } from '../response/index.ts';
import type { ModelClientOptions } from './clientOptions.ts';

/** One request on its way: what is asked, for whom, and what ends it. */
export type Exchange = {
  readonly options: ModelClientOptions;
  readonly turn: TurnContext;
  readonly turnState: string | undefined;
  /** The trace where nobody gave one; the same for all requests of a turn. */
  readonly ownTrace: TraceContext;
  readonly request: ModelRequest;
  readonly signal: AbortSignal;
  /** Says what is being waited for, in one sentence for people. */
  readonly onNotice: (message: string) => void;
};

export type AnswerPart = DecodedWireEvent | DecodedWhole | { readonly kind: 'endMark' };

/** How a response ended that came whole: what a later request may build on. */
export type FinishedResponse = {
  readonly responseId: string;
  readonly items: readonly ResponseItem[];
};

/** An answer that has begun, whatever carries it. */
export type Answer = {
  /** Headers that speak about this answer; names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** What an older connection was opened with; undefined where the key was put on this request. */
  readonly key?: Key;
  /** What the connection told before anybody asked. */
  readonly earlier: readonly ModelEvent[];
  /** Fails with an HttpError, or with a StreamTooLargeError. */
  readonly parts: AsyncIterable<AnswerPart>;
  /** Read far enough; `finished` is there when its end came and nothing in it was odd. */
  release(finished: FinishedResponse | undefined): void;
  /** Asks the model to end its answer here, where there is a way to; the answer still has its end. */
  requestInterrupt(responseId: string): void;
  /** Ends the connection at once. */
  discard(): void;
};

/** Brings one request to the provider. */
export interface ResponsesTransport {
  readonly kind: 'http' | 'socket';
  /** Fails with a ModelError, an HttpError, a HandshakeError or any ProductError. */
  open(exchange: Exchange): Promise<Answer>;
}

/** A kept connection turned out to be over before anything of the answer came. */
export class StaleSocketError extends HttpError {}
