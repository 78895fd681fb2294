// @vitest-environment happy-dom
import { act, useRef } from 'react';
import { createRoot } from 'react-dom/client';
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';

import { readyAssistant } from '../../testing/index.ts';
import { AssistantProvider } from '../assistantContext.ts';
import { useFollowing } from './useFollowing.ts';

beforeEach(() => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true);
});

function Followed() {
  const scroller = useRef<HTMLDivElement>(null);
  const { isFollowing, onScroll } = useFollowing(scroller);
  return (
    <div ref={scroller} onScroll={onScroll} title={isFollowing ? 'followed' : 'left'}>
      <textarea />
    </div>
  );
}

const press = (target: HTMLElement, key: string): void => {
  target.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
};

/** A conversation of ten thousand pixels at its end, of which a user does something. */
async function followedEnd() {
  const clock = vi.spyOn(performance, 'now').mockReturnValue(60_000);
  const { assistant } = await readyAssistant();
  const place = document.createElement('div');
  document.body.append(place);
  const root = createRoot(place);
  onTestFinished(() => {
    act(() => {
      root.unmount();
    });
    place.remove();
    vi.restoreAllMocks();
  });
  act(() => {
    root.render(
      <AssistantProvider value={assistant}>
        <Followed />
      </AssistantProvider>,
    );
  });
  const scroller = document.querySelector<HTMLElement>('[title]');
  const field = document.querySelector('textarea');
  if (scroller === null || field === null) throw new Error('Nothing is drawn');
  Object.defineProperties(scroller, {
    scrollHeight: { value: 10_000 },
    clientHeight: { value: 600 },
  });
  const scrollTo = (top: number): void => {
    act(() => {
      scroller.scrollTop = top;
      scroller.dispatchEvent(new Event('scroll'));
    });
  };
  scrollTo(9400);
  return { clock, scroller, field, scrollTo };
}

test('keys that write a message are no wish to leave the end, the same keys elsewhere are', async () => {
  const { scroller, field, scrollTo } = await followedEnd();
  for (const key of [' ', 'ArrowUp', 'Home']) press(field, key);
  scrollTo(5000);
  expect(scroller.title).toBe('followed');
  scrollTo(9400);
  press(document.body, 'PageUp');
  scrollTo(5000);
  expect(scroller.title).toBe('left');
});

test.each(['pointermove', 'pointerup', 'pointercancel'])(
  'what was held moves nothing any more after a %s with no button down',
  async (release) => {
    const { clock, scroller, field, scrollTo } = await followedEnd();
    field.dispatchEvent(new PointerEvent('pointerdown', { buttons: 1, bubbles: true }));
    field.dispatchEvent(new PointerEvent(release, { buttons: 0, bubbles: true }));
    clock.mockReturnValue(61_500);
    scrollTo(5000);
    expect(scroller.title).toBe('followed');
    scrollTo(9400);
    field.dispatchEvent(new PointerEvent('pointerdown', { buttons: 1, bubbles: true }));
    clock.mockReturnValue(61_900);
    scrollTo(5000);
    expect(scroller.title).toBe('left');
  },
);
