import type { JsonRpcMessage } from '../protocol/index.ts';

const INTEGER = /^-?\d+$/u;
const INT64_MAX = 2n ** 63n - 1n;
const INT64_MIN = -(2n ** 63n);

/**
 * A parsed message whose id is as it was written: JSON.parse rounds integers beyond 2^53, and an answer
 * under a rounded id is one that nobody waits for.
 */
export function withExactId(message: unknown, text: string): unknown {
  if (typeof message !== 'object' || message === null || !('id' in message)) return message;
  const { id } = message;
  if (typeof id !== 'number' || !Number.isInteger(id) || Number.isSafeInteger(id)) return message;
  const source = sourceOfId(text);
  return { ...message, id: source === undefined ? id : integerIn(source) };
}

/** A 64-bit integer as a number where one holds it; undefined for anything else. */
export function integerIn(source: string): number | bigint | undefined {
  const number = Number(source);
  if (Number.isSafeInteger(number)) return number;
  if (!INTEGER.test(source)) return undefined;
  const integer = BigInt(source);
  return integer >= INT64_MIN && integer <= INT64_MAX ? integer : undefined;
}

/** One message as JSON; a bigint is written as the integer it is. */
export function messageText(message: JsonRpcMessage): string {
  if (!('id' in message) || typeof message.id !== 'bigint') return JSON.stringify(message);
  const { id, ...rest } = message;
  return `{"id":${id},${JSON.stringify(rest).slice(1)}`;
}

/** How the id of a message was written. Members of other objects may be called so, too. */
function sourceOfId(text: string): string | undefined {
  const sources = new Map<unknown, string>();
  const message: unknown = JSON.parse(
    text,
    function keep(
      this: unknown,
      key: string,
      value: unknown,
      context?: {
        readonly source?: string;
      },
    ): unknown {
      if (key === 'id' && context?.source !== undefined) sources.set(this, context.source);
      return value;
    },
  );
  return sources.get(message);
}
