import { createParser } from 'eventsource-parser';

import { ProductError } from '../../base/index.ts';

/** A piece of an answer: an event of the stream, its end mark, or one JSON object instead. */
export type StreamPart =
  | { readonly kind: 'event'; readonly data: string; readonly name: string | undefined }
  | { readonly kind: 'endMark' }
  | { readonly kind: 'whole'; readonly data: string };

/** More than any real event or answer; keeps a server gone mad from eating the memory. */
const MAX_BUFFERED_CHARACTERS = 64 * 1024 * 1024;

/** One event, or a JSON answer, is larger than what may be held in memory. */
export class StreamTooLargeError extends ProductError {
  readonly code = 'streamTooLarge';
  readonly retryable = false;
}

function tooLarge(): StreamTooLargeError {
  return new StreamTooLargeError('one event is larger than anything sensible');
}

/**
 * Cuts the bytes of an answer into parts. What the answer is shows in its first character and not in
 * its content type, which local servers often have wrong.
 */
export async function* readParts(
  body: AsyncIterable<Uint8Array>,
  maxBufferedCharacters = MAX_BUFFERED_CHARACTERS,
): AsyncGenerator<StreamPart> {
  const decoder = new TextDecoder();
  let kind: 'stream' | 'whole' | undefined;
  let whole = '';
  const parts: StreamPart[] = [];
  const parser = createParser({
    maxBufferSize: maxBufferedCharacters,
    onEvent: ({ data, event }) => {
      parts.push(data === '[DONE]' ? { kind: 'endMark' } : { kind: 'event', data, name: event });
    },
    onError: (error) => {
      // Unknown fields are passed over, as the standard asks.
      if (error.type === 'max-buffer-size-exceeded') throw tooLarge();
    },
  });
  const take = (text: string): typeof kind => {
    if (kind === undefined) {
      const first = /\S/u.exec(text)?.[0];
      if (first !== undefined) kind = first === '{' ? 'whole' : 'stream';
    }
    if (kind === 'whole') {
      whole += text;
      if (whole.length > maxBufferedCharacters) throw tooLarge();
    } else {
      parser.feed(text);
    }
    return kind;
  };
  for await (const bytes of body) {
    take(decoder.decode(bytes, { stream: true }));
    yield* parts.splice(0);
  }
  if (take(decoder.decode()) === 'whole') {
    yield { kind: 'whole', data: whole };
    return;
  }
  // The last event may lack its blank line; its data is complete all the same.
  parser.feed('\n\n');
  yield* parts.splice(0);
}
