/** As many as keep a disk busy; more would only wait in the pool of threads. */
const AT_ONCE = 16;

/**
 * Does the same with each, several at a time. When it settles nothing is under way any more; rejects with what
 * went wrong first, and what had not begun by then does not begin.
 */
export async function inParallel<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  let failure: { readonly error: unknown } | undefined;
  let next = 0;
  const go = async (): Promise<void> => {
    while (failure === undefined && next < items.length) {
      const index = next;
      next += 1;
      try {
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the index is one of the list's
        results[index] = await work(items[index] as Item);
      } catch (error) {
        failure ??= { error };
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, items.length) }, go));
  if (failure !== undefined) throw failure.error;
  return results;
}
