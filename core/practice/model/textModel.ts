import type { MessageItem, ResponseItem } from '../../model/index.ts';

/** What a model is asked, read off a Responses request. */
export type TextModelRequest = {
  readonly model: string;
  readonly instructions: string;
  readonly input: readonly ResponseItem[];
  /** Names of the functions it may call. */
  readonly tools: ReadonlySet<string>;
};

/** What a model does, bit by bit. Whatever follows a `text` and is none ends the message. */
export type TextModelOutput =
  | { readonly type: 'text'; readonly delta: string }
  | { readonly type: 'newMessage'; readonly phase: NonNullable<MessageItem['phase']> }
  | { readonly type: 'reasoning'; readonly delta: string }
  /** `arguments` is JSON text. */
  | { readonly type: 'call'; readonly name: string; readonly arguments: string }
  /** Fails the response; before anything else was said, with this HTTP status. */
  | {
      readonly type: 'fail';
      readonly status: number;
      readonly code: string;
      readonly message: string;
    }
  /** Cuts the connection, as a network would. */
  | { readonly type: 'cut' };

/** Stands in for a text model behind the Responses endpoint. */
export interface TextModel {
  /** Stops soon after `signal`; takes its time by itself. */
  respond(request: TextModelRequest, signal: AbortSignal): AsyncIterable<TextModelOutput>;
}
