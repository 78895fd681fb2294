import type { RateLimitSnapshot, TokenUsage } from '../../protocol/index.ts';
import type { ModelError } from './errors.ts';
import type { ResponseItem } from './items.ts';

/**
 * What a sampling tells its caller, in order. Whatever the provider or the wire does:
 * every `itemAdded` is followed by exactly one `itemDone` or `itemInterrupted` of the same `itemId`,
 * deltas only come in between, and `completed` is the last event. An iteration that ends without
 * `completed` ends by throwing.
 */
export type ModelEvent =
  | { readonly type: 'created'; readonly responseId: string }
  | { readonly type: 'itemAdded'; readonly itemId: string; readonly item: ResponseItem }
  /** Text of a message; words of a refusal come this way too. */
  | { readonly type: 'textDelta'; readonly itemId: string; readonly delta: string }
  | {
      readonly type: 'reasoningSummaryPartAdded';
      readonly itemId: string;
      readonly summaryIndex: number;
    }
  | {
      readonly type: 'reasoningSummaryDelta';
      readonly itemId: string;
      readonly summaryIndex: number;
      readonly delta: string;
    }
  | {
      readonly type: 'reasoningDelta';
      readonly itemId: string;
      readonly contentIndex: number;
      readonly delta: string;
    }
  /** More of what a custom tool is called with. */
  | { readonly type: 'callInputDelta'; readonly itemId: string; readonly delta: string }
  /** The item as it belongs into the history; what it says wins over the deltas. */
  | { readonly type: 'itemDone'; readonly itemId: string; readonly item: ResponseItem }
  /** The stream broke, failed or was aborted inside this item; `item` holds what had come. */
  | { readonly type: 'itemInterrupted'; readonly itemId: string; readonly item: ResponseItem }
  /** The model that answers, as the provider calls it; may differ in spelling from the one asked. */
  | { readonly type: 'serverModel'; readonly model: string }
  /** Names the list of models the provider has now; another one than before means it has changed. */
  | { readonly type: 'modelsEtag'; readonly etag: string }
  /** The provider counts earlier reasoning as part of the input by itself. */
  | { readonly type: 'reasoningIncluded' }
  | { readonly type: 'rateLimits'; readonly snapshot: RateLimitSnapshot }
  | {
      readonly type: 'completed';
      readonly responseId: string;
      /** Undefined when the provider did not say. */
      readonly usage: TokenUsage | undefined;
      /** False when the model wants another sampling although it called no tool. */
      readonly endTurn: boolean | undefined;
    };

/** Told before a repeat, so that a person can be where it is news. */
export type RetryNotice = {
  /** One sentence that says what is being retried. */
  readonly message: string;
  readonly error: ModelError;
  /** Counts from 1 within its budget. */
  readonly attempt: number;
  /** Undefined where time is what limits it. */
  readonly maxAttempts: number | undefined;
  readonly delayMs: number;
  /** False where people have been told of the same failure already. */
  readonly isNews: boolean;
};
