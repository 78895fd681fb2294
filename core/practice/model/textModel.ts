import type { MessageItem, ResponseItem } from '../../model/index.ts';

/** A tool of the client that the model may call: with JSON that fits a schema, or with free text. */
export type OfferedTool =
  | { readonly kind: 'function'; readonly parameters: Readonly<Record<string, unknown>> }
  | { readonly kind: 'custom' };

/** What the answer has to be: any text, any JSON object, or JSON that fits a schema. */
export type AnswerFormat =
  | { readonly type: 'text' }
  | { readonly type: 'json_object' }
  | { readonly type: 'json_schema'; readonly schema: Readonly<Record<string, unknown>> };

/** What a model is asked, read off a Responses request. */
export type TextModelRequest = {
  readonly model: string;
  readonly instructions: string;
  /** It is asked to sum up the conversation, not to answer it. */
  readonly wantsSummary: boolean;
  readonly input: readonly ResponseItem[];
  /** The tools it may call, by name; what the request's `tool_choice` leaves of them. */
  readonly tools: ReadonlyMap<string, OfferedTool>;
  /** It has to call one of them before it says anything. */
  readonly mustCall: boolean;
  readonly format: AnswerFormat;
};

/** What a model does, bit by bit. Whatever follows a `text` and is none ends the message. */
export type TextModelOutput =
  | { readonly type: 'text'; readonly delta: string }
  | { readonly type: 'newMessage'; readonly phase: NonNullable<MessageItem['phase']> }
  | { readonly type: 'reasoning'; readonly delta: string }
  /** `arguments` is JSON text. */
  | { readonly type: 'call'; readonly name: string; readonly arguments: string }
  /** A call with free text. */
  | { readonly type: 'customCall'; readonly name: string; readonly input: string }
  /** Fails the response; before anything else was said, with this HTTP status. */
  | {
      readonly type: 'fail';
      readonly status: number;
      readonly code: string;
      readonly message: string;
      /** The field of the request that is to blame. */
      readonly param?: string;
    }
  /** Cuts the connection, as a network would. */
  | { readonly type: 'cut' };

/** Stands in for a text model behind the Responses endpoint. */
export interface TextModel {
  /** Stops soon after `signal`; takes its time by itself. */
  respond(request: TextModelRequest, signal: AbortSignal): AsyncIterable<TextModelOutput>;
}
