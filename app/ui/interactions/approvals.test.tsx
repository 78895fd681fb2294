// @vitest-environment happy-dom
import { act } from 'react';
import { createRoot } from 'react-dom/client';
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';

import { sampleTurn } from '../../../core/protocol/testing/index.ts';
import { readyAssistant, threadId } from '../../testing/index.ts';
import { AssistantProvider } from '../assistantContext.ts';
import { Asked } from './index.ts';

beforeEach(() => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true);
});

async function openCard() {
  const { assistant, engine } = await readyAssistant();
  await assistant.send('clean up');
  engine.notify('turn/started', { threadId, turn: sampleTurn() });
  engine.ask(0, 'item/commandExecution/requestApproval', {
    threadId,
    turnId: 'turn-1',
    itemId: 'call-1',
    startedAtMs: 0,
    kind: 'command',
    environmentId: null,
    command: 'rm -rf build',
    availableDecisions: ['accept', 'decline', 'cancel'],
  });
  const place = document.createElement('div');
  document.body.append(place);
  const root = createRoot(place);
  onTestFinished(() => {
    act(() => {
      root.unmount();
    });
    place.remove();
  });
  act(() => {
    root.render(
      <AssistantProvider value={assistant}>
        <Asked turnId="turn-1" place="open" />
        <Asked turnId="turn-1" place={{ after: undefined }} />
      </AssistantProvider>,
    );
  });
  return { engine, place };
}

const press = (target: EventTarget, key: string, at?: number): void => {
  const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true });
  if (at !== undefined) Object.defineProperty(event, 'timeStamp', { value: at });
  act(() => {
    target.dispatchEvent(event);
  });
};

test('the card shows what would run, and a key in it is the answer', async () => {
  const { engine, place } = await openCard();
  expect(place.querySelector('pre')?.textContent).toBe('rm -rf build');
  expect(Array.from(place.querySelectorAll('button'), (button) => button.textContent)).toEqual([
    'Yes, oncey',
    'Non',
    'No, and stopEsc',
  ]);
  press(place.querySelector('section') ?? place, 'n');
  await vi.waitFor(() => {
    expect(engine.answers).toEqual([{ id: 0, result: { decision: 'decline' } }]);
  });
});

test('a key that was pressed before the card could be read is none', async () => {
  const { engine } = await openCard();
  const soon = performance.now();
  press(document, 'y', soon);
  press(document, 'Escape', soon + 10_000);
  await Promise.resolve();
  expect(engine.answers).toEqual([]);
  press(document, 'y', soon + 10_000);
  await vi.waitFor(() => {
    expect(engine.answers).toEqual([{ id: 0, result: { decision: 'accept' } }]);
  });
});

test('what came of it stays as a line', async () => {
  const { engine, place } = await openCard();
  press(place.querySelector('section') ?? place, 'y');
  await vi.waitFor(() => {
    expect(engine.answers).toHaveLength(1);
  });
  act(() => {
    engine.notify('serverRequest/resolved', { threadId, requestId: 0, answeredBy: 'client' });
  });
  expect(place.querySelector('section')).toBeNull();
  expect(place.textContent).toBe('Allowed: rm -rf build');
});
