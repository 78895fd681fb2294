import { useEffect, useEffectEvent, useState } from 'react';

/** Up to here the open end of a text is drawn with every change. */
const QUICK_LENGTH = 3000;
/** Longer ones wait so long for every character of theirs: ten times as long as drawing takes. */
const MS_PER_CHARACTER = 0.1;

/**
 * The text to show now. One whose open end is so long that drawing it takes a while (a table of many
 * rows, say) is drawn a few times a second, and to its end once it no longer grows.
 */
export function usePaced(text: string, openLength: number): string {
  const [shown, setShown] = useState(text);
  const isSlow = openLength > QUICK_LENGTH && text.startsWith(shown);
  if (!isSlow && shown !== text) setShown(text);
  const isBehind = isSlow && shown !== text;
  const pauseMs = openLength * MS_PER_CHARACTER;
  const showLatest = useEffectEvent(() => {
    setShown(text);
  });
  useEffect(() => {
    if (!isBehind) return undefined;
    const timer = setInterval(showLatest, pauseMs);
    return () => {
      clearInterval(timer);
    };
  }, [isBehind, pauseMs]);
  return isSlow ? shown : text;
}
