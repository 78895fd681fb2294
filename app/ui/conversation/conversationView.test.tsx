// @vitest-environment happy-dom
import { act, useRef } from 'react';
import { createRoot } from 'react-dom/client';
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';

import type { Entry } from '../../state/conversation/index.ts';
import { sampleTurn } from '../../../core/protocol/testing/index.ts';
import { ManualFrames, readyAssistant, threadId } from '../../testing/index.ts';
import { AssistantProvider } from '../assistantContext.ts';
import { useStore } from '../useStore.ts';
import { EntryView } from './EntryView.tsx';
import { shownOf, useEntryWindow } from './useEntryWindow.ts';

beforeEach(() => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true);
});

async function openConversation() {
  const frames = new ManualFrames();
  const ready = await readyAssistant({}, {}, frames);
  const { assistant, engine } = ready;
  await assistant.send('Talk');
  const answer = (turnId: string, id: string, text: string): void => {
    engine.notify('turn/started', { threadId, turn: sampleTurn({ id: turnId }) });
    engine.notify('item/started', {
      threadId,
      turnId,
      startedAtMs: 0,
      item: {
        id,
        type: 'agentMessage',
        text,
        phase: 'final_answer',
        memoryCitation: null,
        startedAtMs: null,
        completedAtMs: null,
      },
    });
  };
  answer('turn-1', 'first', 'First answer.');
  answer('turn-2', 'second', 'Second');
  frames.turn();
  const delta = (text: string): void => {
    engine.notify('item/agentMessage/delta', {
      threadId,
      turnId: 'turn-2',
      itemId: 'second',
      delta: text,
    });
  };
  const place = document.createElement('div');
  document.body.append(place);
  const root = createRoot(place);
  onTestFinished(() => {
    act(() => {
      root.unmount();
    });
    place.remove();
  });
  function Entries() {
    return useStore(assistant.conversation).entries.map((entry) => (
      <EntryView key={entry.id} entry={entry} />
    ));
  }
  /** Draws the entries, and them again with every change. */
  const show = (): void => {
    act(() => {
      root.render(
        <AssistantProvider value={assistant}>
          <Entries />
        </AssistantProvider>,
      );
    });
  };
  return { ...ready, frames, delta, show };
}

/** The entry, and how often it has been drawn: drawing a turn reads its plan once. */
function countingDraws(entry: Entry) {
  const draws = { count: 0 };
  const watched = Object.defineProperty({ ...entry }, 'plan', {
    enumerable: true,
    get: () => {
      draws.count += 1;
      return [];
    },
  });
  return { draws, watched };
}

test('words that arrive draw their own entry once a frame, and no other entry at all', async () => {
  const { assistant, frames, delta, show } = await openConversation();
  const [first, second] = assistant.conversation
    .getSnapshot()
    .entries.map((entry) => countingDraws(entry));
  assistant.conversation.update((conversation) => ({
    ...conversation,
    entries: [first, second].flatMap((each) => (each === undefined ? [] : [each.watched])),
  }));
  frames.turn();
  show();
  expect([first?.draws.count, second?.draws.count]).toEqual([1, 1]);

  for (let at = 0; at < 100; at += 1) delta(` word${at}`);
  act(() => {
    frames.turn();
  });

  expect(first?.draws.count).toBe(1);
  expect(assistant.conversation.getSnapshot().entries[0]).toBe(first?.watched);
  expect(document.body.textContent).toContain('word99');
});

const pageText = (): string => document.body.textContent;
const line = (): HTMLElement | undefined =>
  Array.from(document.querySelectorAll('button')).find(
    (button) => button.textContent === 'Earlier conversation was summarised',
  );

test('a summary is a quiet line that opens, and one that came to nothing is not shown', async () => {
  const { assistant, engine, frames, show } = await openConversation();
  const tell = (id: string, end?: { summary?: string; interrupted?: boolean }): void => {
    const item = { type: 'contextCompaction', id, startedAtMs: 1 } as const;
    const place = { threadId, turnId: 'turn-1' };
    if (end === undefined) {
      const begun = { ...item, completedAtMs: null };
      engine.notify('item/started', { ...place, item: begun, startedAtMs: 1 });
    } else {
      const done = { ...item, ...end, completedAtMs: 2 };
      engine.notify('item/completed', { ...place, item: done, completedAtMs: 2 });
    }
    act(() => {
      frames.turn();
    });
  };
  show();
  tell('c1');
  expect(pageText()).toContain('Summarising the earlier conversation');
  tell('c1', { interrupted: true });
  expect(pageText()).not.toContain('ummaris');
  tell('c2');
  tell('c2', { summary: 'They **counted**.' });
  expect(line()?.getAttribute('aria-expanded')).toBe('false');
  act(() => {
    line()?.click();
  });
  expect(line()?.getAttribute('aria-expanded')).toBe('true');
  expect(pageText()).toContain('They counted.');
  expect(assistant.announcer.current.getSnapshot().text).not.toContain('counted');
});

const notes = (count: number): readonly Entry[] =>
  Array.from({ length: count }, (_, at) => ({
    kind: 'note',
    id: String(at),
    text: '',
    hint: undefined,
  }));
const near = { startIndex: 500, endIndex: 502, overscan: 1, count: 1000, lanes: 1 };

/** A conversation in a page of one screen, whose idle moments are had one by one. */
function openWindow() {
  const idle: (() => void)[] = [];
  vi.stubGlobal('requestIdleCallback', (callback: () => void) => idle.push(callback));
  vi.stubGlobal('cancelIdleCallback', () => idle.splice(0));
  vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(300);
  const root = createRoot(document.createElement('div'));
  let shown: readonly number[] = [];
  function Window({ entries }: { readonly entries: readonly Entry[] }) {
    const scroller = useRef<HTMLDivElement>(null);
    shown = useEntryWindow(scroller, entries).getVirtualIndexes();
    return <div ref={scroller} />;
  }
  onTestFinished(() => {
    act(() => {
      root.unmount();
    });
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
  });
  return {
    shown: () => shown,
    show: (entries: readonly Entry[]) => {
      act(() => {
        root.render(<Window entries={entries} />);
      });
    },
    /** False when nothing waits for it. */
    idle: (): boolean => {
      const callback = idle.shift();
      act(() => callback?.());
      return callback !== undefined;
    },
  };
}

test('an ordinary conversation comes into the page in idle moments, until all of it can be searched', () => {
  const page = openWindow();
  const entries = notes(60);
  page.show(entries.slice(20));
  expect(page.shown().length).toBeLessThan(20);
  while (page.shown().length < 40) {
    const before = page.shown().length;
    expect(page.idle()).toBe(true);
    expect(page.shown().length - before).toBeLessThanOrEqual(8);
  }

  // What comes in above waits for its own moments; what is said now is there at once.
  page.show([...entries, ...notes(61).slice(60)]);
  expect(page.shown()).toContain(60);
  expect(page.shown()).not.toContain(19);
  while (page.idle());
  expect(page.shown()).toHaveLength(61);
});

test('a conversation that grows too long to stand whole is left to what is in sight', () => {
  const page = openWindow();
  page.show(notes(100));
  page.idle();
  page.show(notes(500));

  expect(page.idle()).toBe(false);
  expect(page.shown().length).toBeLessThan(20);
});

test('of a long one there is what is in sight, and what the keyboard is in', () => {
  const kept = { wholeFrom: 0, focused: 7 };
  expect(shownOf(near, notes(1000), kept)).toEqual([7, 499, 500, 501, 502, 503]);
  expect(shownOf(near, notes(1000), { ...kept, focused: 1007 })).toEqual([499, 500, 501, 502, 503]);
});

test('sound that may play and work that runs stay in the page, wherever they are', () => {
  const recording: Entry = {
    kind: 'recording',
    id: 'r',
    mimeType: 'audio/webm',
    sizeBytes: 1,
    durationMs: 1,
  };
  const entries = notes(1000).with(3, recording);

  expect(shownOf(near, entries, { wholeFrom: 0, focused: undefined })).toEqual([
    3, 499, 500, 501, 502, 503,
  ]);
});
