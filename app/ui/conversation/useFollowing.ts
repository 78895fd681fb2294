import { type RefObject, type UIEvent, useEffect, useState } from 'react';

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

  // Watches sizes instead of entries: the column also grows by heard words and by a resized window.
  useEffect(() => {
    const element = scroller.current;
    const inner = element?.firstElementChild;
    if (!isFollowing || element === null || inner === null || inner === undefined) return undefined;
    const observer = new ResizeObserver(() => {
      element.scrollTop = element.scrollHeight;
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
      setFollowing(scrollHeight - scrollTop - clientHeight < NEAR_END_PX);
    },
  };
}
