import { type RefObject, type UIEvent, useEffect, useRef, useState } from 'react';

import { useAssistant } from '../assistantContext.ts';
import { followingAtFirst, gestured, isAstray, kept, type Place, scrolled } from './following.ts';

const KEYS_THAT_GO_UP: ReadonlySet<string> = new Set(['ArrowUp', 'PageUp', 'Home', ' ', 'Tab']);
const FIELDS = 'input, textarea, [contenteditable]';

export type FollowedEnd = {
  /** The end stays in sight while the conversation grows. */
  readonly isFollowing: boolean;
  readonly follow: () => void;
  readonly onScroll: (event: UIEvent<HTMLElement>) => void;
};

/** Keeps the end of a conversation in sight until the user scrolls away from it, or sends something. */
export function useFollowing(scroller: RefObject<HTMLElement | null>): FollowedEnd {
  const { sent } = useAssistant();
  const [isFollowing, setFollowing] = useState(true);
  const state = useRef(followingAtFirst);

  // Watches sizes instead of entries: the column also grows by heard words and by a resized window.
  useEffect(() => {
    const element = scroller.current;
    const inner = element?.firstElementChild;
    if (!isFollowing || element === null || inner === null || inner === undefined) return undefined;
    const observer = new ResizeObserver(() => {
      element.scrollTop = element.scrollHeight;
      state.current = kept(state.current, placeOf(element), performance.now());
    });
    observer.observe(inner);
    observer.observe(element);
    return () => {
      observer.disconnect();
    };
  }, [isFollowing, scroller]);

  useEffect(() => {
    const element = scroller.current;
    return element === null
      ? undefined
      : listenForGestures(element, () => {
          state.current = gestured(state.current, performance.now());
        });
  }, [scroller]);

  // Who sends something wants to see it, and what comes of it.
  useEffect(
    () =>
      sent.subscribe(() => {
        setFollowing(true);
      }),
    [sent],
  );

  return {
    isFollowing,
    follow: () => {
      setFollowing(true);
    },
    onScroll: ({ currentTarget }) => {
      const before = { ...state.current, isFollowing };
      const next = scrolled(before, placeOf(currentTarget), performance.now());
      state.current = next;
      if (isAstray(next)) currentTarget.scrollTop = next.place.scrollHeight;
      setFollowing(next.isFollowing);
    },
  };
}

function placeOf({ scrollTop, scrollHeight, clientHeight }: HTMLElement): Place {
  return { scrollTop, scrollHeight, clientHeight };
}

/** Tells of each gesture that may move the element; what it returns ends that. */
function listenForGestures(element: HTMLElement, onGesture: () => void): () => void {
  const page = element.ownerDocument;
  const ending = new AbortController();
  const options = { passive: true, capture: true, signal: ending.signal };
  let isHeld = false;
  for (const type of ['wheel', 'touchmove'] as const) {
    element.addEventListener(type, onGesture, options);
  }
  page.addEventListener(
    'keydown',
    ({ key, target }) => {
      // In a field they write, or move in what is written; only Tab leaves it.
      const isWriting = key !== 'Tab' && target instanceof Element && target.matches(FIELDS);
      if (KEYS_THAT_GO_UP.has(key) && !isWriting) onGesture();
    },
    options,
  );
  element.addEventListener(
    'pointerdown',
    () => {
      isHeld = true;
      onGesture();
    },
    options,
  );
  // No event says that a scroll bar was let go of; the next move of the pointer does, which a finger does not make.
  for (const type of ['pointermove', 'pointerup', 'pointercancel'] as const) {
    page.addEventListener(
      type,
      ({ buttons }) => {
        isHeld &&= buttons !== 0;
      },
      options,
    );
  }
  element.addEventListener(
    'scroll',
    () => {
      if (isHeld) onGesture();
    },
    options,
  );
  return () => {
    ending.abort();
  };
}
