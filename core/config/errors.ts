import { ProductError } from '../base/index.ts';
import type { TextRange } from './toml/index.ts';

/** Where in the configuration something is wrong; what is known of it. */
export type ConfigPlace = {
  readonly file?: string;
  /** Dotted, with quotes around parts that need them. */
  readonly key?: string;
  readonly range?: TextRange;
};

/** The place in front of a sentence, as editors and compilers write it; a file alone where no more is known. */
export function placeWords(file: string, range: TextRange | undefined): string {
  return range === undefined ? file : `${file}:${range.start.line}:${range.start.column}`;
}

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
