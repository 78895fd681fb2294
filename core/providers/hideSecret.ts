const HIDDEN = '[removed]';
/** Anything shorter is no secret, and could be a part of any word. */
const MIN_SECRET_LENGTH = 8;
const MAX_DEPTH = 6;

/**
 * Takes a secret out of every text of an error, its causes and what it carries. Done to the error
 * itself: whoever catches it branches on its class, and nobody else can know what it must not hold.
 */
export function hideSecret(error: unknown, secret: string): void {
  if (secret.length >= MIN_SECRET_LENGTH) hideIn(error, secret, MAX_DEPTH);
}

function hideIn(holder: unknown, secret: string, depth: number): void {
  if (typeof holder !== 'object' || holder === null || depth === 0) return;
  for (const name of Object.getOwnPropertyNames(holder)) {
    const value: unknown = Reflect.get(holder, name);
    if (typeof value === 'string') {
      if (value.includes(secret)) Reflect.set(holder, name, value.replaceAll(secret, HIDDEN));
    } else {
      hideIn(value, secret, depth - 1);
    }
  }
}
