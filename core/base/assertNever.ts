/** Closes a `switch` over a union: a forgotten case is a build error, an impossible value throws. */
export function assertNever(value: never, what: string): never {
  throw new Error(`Unexpected ${what}: ${JSON.stringify(value)}`);
}
