import { expect, test, vi } from 'vitest';

import { ManualClock } from '../../../core/base/testing/index.ts';
import type { Transport } from '../../../core/protocol/index.ts';
import { ScriptedEngine } from '../../../core/protocol/testing/index.ts';
import { HostError } from '../../bridge/index.ts';
import { bridgeTo } from '../../testing/index.ts';
import { EngineLink } from './engineLink.ts';

const hello = () => ({
  userAgent: 'parley/0.1.0',
  codexHome: '/home/someone/.parley',
  platformFamily: 'unix',
  platformOs: 'linux',
});

test('says hello with the experimental methods asked for', async () => {
  const engine = new ScriptedEngine({ initialize: hello });
  const link = new EngineLink(bridgeTo(engine), new ManualClock());

  await link.connect();

  expect(link.state.getSnapshot()).toEqual({ phase: 'ready', home: '/home/someone/.parley' });
  expect(engine.asked('initialize')).toMatchObject([
    { clientInfo: { name: 'parley-app' }, capabilities: { experimentalApi: true } },
  ]);
});

test('connects again after a drop, waiting longer each time it fails', async () => {
  const clock = new ManualClock();
  const engine = new ScriptedEngine({ initialize: hello });
  const link = new EngineLink(bridgeTo(engine), clock);
  const events: unknown[] = [];
  link.on('ready', (event) => events.push(event));
  link.on('lost', () => events.push('lost'));
  await link.connect();

  engine.refusal = new Error('nobody there');
  engine.drop();
  expect(link.state.getSnapshot()).toMatchObject({ phase: 'lost', attempt: 1 });
  clock.advance(400);
  await vi.waitFor(() => {
    expect(link.state.getSnapshot()).toMatchObject({ phase: 'lost', attempt: 2 });
  });
  clock.advance(799);
  expect(clock.pending).toBe(1);
  engine.refusal = undefined;
  clock.advance(1);
  await vi.waitFor(() => {
    expect(link.state.getSnapshot().phase).toBe('ready');
  });

  expect(events).toEqual([
    { again: false, isNewEngine: false },
    'lost',
    { again: true, isNewEngine: false },
  ]);
});

test('knows a new engine by its id, and why there is none by its host', async () => {
  let engineId = 'first';
  const engine = new ScriptedEngine({ initialize: () => ({ ...hello(), engineId }) });
  const link = new EngineLink(bridgeTo(engine), new ManualClock());
  const ready: unknown[] = [];
  link.on('ready', (event) => ready.push(event));
  await link.connect();

  engine.refusal = new HostError('engineAway', 'It is away.');
  engine.drop();
  expect(link.state.getSnapshot()).toMatchObject({ phase: 'lost', cause: undefined });
  await link.connect();
  expect(link.state.getSnapshot()).toMatchObject({ phase: 'lost', cause: 'engineAway' });
  engine.refusal = undefined;
  engineId = 'second';
  await link.connect();

  expect(ready).toEqual([
    { again: false, isNewEngine: false },
    { again: true, isNewEngine: true },
  ]);
});

const warning = (message: string) => ({ method: 'warning', params: { threadId: null, message } });

test('an engine that never greets is left when another try is made, and is not heard any more', async () => {
  const engine = new ScriptedEngine({ initialize: () => new Promise(() => undefined) });
  const wires: Transport[] = [];
  const closed: Transport[] = [];
  const link = new EngineLink(
    {
      platform: 'browser',
      connect: async () => {
        const wire = engine.connect();
        const close = wire.close.bind(wire);
        const counted = Object.assign(wire, {
          close: () => {
            closed.push(wire);
            close();
          },
        });
        wires.push(counted);
        return counted;
      },
    },
    new ManualClock(),
  );
  const warnings: string[] = [];
  link.events.on('warning', ({ message }) => warnings.push(message));
  void link.connect();
  await engine.requested('initialize');
  engine.handle('initialize', hello);

  await link.connect();
  const [first, second] = wires;
  first?.onMessage?.(warning('of the first'));
  first?.onClose?.();
  second?.onMessage?.(warning('of the second'));

  expect({ warnings, closed: closed.length, phase: link.state.getSnapshot().phase }).toEqual({
    warnings: ['of the second'],
    closed: 1,
    phase: 'ready',
  });
});

test('does not come back after it was closed', async () => {
  const clock = new ManualClock();
  const engine = new ScriptedEngine({ initialize: hello });
  const link = new EngineLink(bridgeTo(engine), clock);
  await link.connect();

  link.close();
  link.close();
  engine.drop();

  expect({ pending: clock.pending, client: link.client }).toEqual({
    pending: 0,
    client: undefined,
  });
});
