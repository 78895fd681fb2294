import type { Store } from '../state/index.ts';

/** Resolves when a store's state fits, now or after a change. */
export async function waitFor<State>(
  store: Store<State>,
  fits: (state: State) => boolean,
): Promise<State> {
  const { promise, resolve } = Promise.withResolvers<State>();
  const look = (): void => {
    const state = store.getSnapshot();
    if (fits(state)) resolve(state);
  };
  const stop = store.subscribe(look);
  look();
  try {
    return await promise;
  } finally {
    stop();
  }
}
