import { useRef, useSyncExternalStore } from 'react';

import type { Store } from '../state/index.ts';

export function useStore<State>(store: Store<State>): State {
  return useSyncExternalStore(store.subscribe, store.getSnapshot);
}

/** The part of a store's state that a view shows; others' changes do not draw it again. */
export function useSelected<State, Part>(
  store: Store<State>,
  select: (state: State) => Part,
  isSame: (before: Part, now: Part) => boolean = Object.is,
): Part {
  const last = useRef<{ readonly part: Part } | undefined>(undefined);
  return useSyncExternalStore(store.subscribe, () => {
    const part = select(store.getSnapshot());
    if (last.current !== undefined && isSame(last.current.part, part)) return last.current.part;
    last.current = { part };
    return part;
  });
}

/** True when two lists have the same members. */
export const haveSameMembers = (a: readonly unknown[], b: readonly unknown[]): boolean =>
  a.length === b.length && a.every((member, index) => member === b[index]);
