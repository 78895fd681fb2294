/**
 * What `make` gives, made when something is first asked of it. The build puts it around the schemas of a process
 * that has to start soon (`lateSchemas`): most of them are for messages that never come.
 */
export function later<T extends object>(make: () => T): T {
  let made: T | undefined;
  const real = (): T => {
    made ??= make();
    return made;
  };
  const asked: object = Object.create(
    new Proxy(
      {},
      {
        get(_target, key) {
          const value: unknown = Reflect.get(real(), key);
          // Other schemas ask for this one with each message, and should not come by here again.
          if (key === INTERNALS) Object.defineProperty(asked, key, { value });
          return value;
        },
        has: (_target, key) => Reflect.has(real(), key),
      },
    ),
  );
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it answers as what is made does
  return asked as T;
}

/** Where a schema of zod keeps all that it is, its class included: `instanceof` looks there, too. */
const INTERNALS = '_zod';
