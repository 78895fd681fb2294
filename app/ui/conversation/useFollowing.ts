import { type RefObject, type UIEvent, useEffect, useRef, useState } from 'react';

import { useAssistant } from '../assistantContext.ts';

const NEAR_END_PX = 80;

export type Following = {
  /** The end stays in sight while the conversation grows. */
  readonly isFollowing: boolean;
  readonly follow: () => void;
  readonly onScroll: (event: UIEvent<HTMLElement>) => void;
};

/** Keeps the end of a conversation in sight until the user scrolls away from it, or sends something. */
export function useFollowing(scroller: RefObject<HTMLElement | null>): Following {
  const { sent } = useAssistant();
  const [isFollowing, setFollowing] = useState(true);
  /** How far down it was: only whoever goes up leaves the end, not an end that has moved on. */
  const lastTop = useRef(0);

  // Watches sizes instead of entries: the column also grows by heard words and by a resized window.
  useEffect(() => {
    const element = scroller.current;
    const inner = element?.firstElementChild;
    if (!isFollowing || element === null || inner === null || inner === undefined) return undefined;
    const observer = new ResizeObserver(() => {
      element.scrollTop = element.scrollHeight;
      lastTop.current = element.scrollTop;
    });
    observer.observe(inner);
    observer.observe(element);
    return () => {
      observer.disconnect();
    };
  }, [isFollowing, scroller]);

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
      const { scrollHeight, scrollTop, clientHeight } = currentTarget;
      const hasGoneUp = scrollTop < lastTop.current;
      lastTop.current = scrollTop;
      if (scrollHeight - scrollTop - clientHeight < NEAR_END_PX) setFollowing(true);
      else if (hasGoneUp) setFollowing(false);
    },
  };
}
