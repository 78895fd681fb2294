import { randomBytes } from 'node:crypto';

/** Valid JSON, 12 kB of it, that overflows the stack of whoever walks it. */
export const DEEP = `${'{"a":'.repeat(2_000)}1${'}'.repeat(2_000)}`;

/** More than any one message may take. */
export const HUGE_BYTES = 40 * 1024 * 1024;

export const huge = (): string => 'A'.repeat(HUGE_BYTES);

/** No text in any encoding, and without the byte that ends a line. */
export const noise = (bytes: number): Buffer =>
  Buffer.from(randomBytes(bytes).map((byte) => (byte === 10 || byte === 13 ? 0 : byte)));

/** What flows in endlessly, a piece at a time. */
export const PIECE = Buffer.alloc(1024 * 1024, 'a');
