import { ProductError } from '../base/index.ts';

/** Where in the configuration something is wrong; what is known of it. */
export type ConfigPlace = {
  readonly file?: string;
  /** Dotted, with quotes around parts that need them. */
  readonly key?: string;
  /** Counted from 1. */
  readonly line?: number;
  readonly column?: number;
};

/** The configuration cannot be used; the message is one sentence for the person who wrote it. */
export class ConfigError extends ProductError {
  readonly code = 'config';
  readonly retryable = false;
  readonly place: ConfigPlace;

  constructor(message: string, place: ConfigPlace = {}, options?: { cause?: unknown }) {
    super(message, options);
    this.place = place;
  }
}
