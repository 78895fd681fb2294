import type { MessagePortMain } from 'electron';

import { describe, expect, test } from 'vitest';

import type { EngineEnd } from '../supervisor/index.ts';
import { type DesktopDeps, startDesktop } from './desktop.ts';
import { superviseUtility, type UtilityChild } from './utilityEngine.ts';

const port = (): MessagePortMain => ({}) as unknown as MessagePortMain;

class FakeChild {
  readonly calls: unknown[] = [];
  readonly #listeners = new Map<string, (value: unknown) => void>();

  on(event: string, listener: (value: never) => void): void {
    this.#listeners.set(event, listener as (value: unknown) => void);
  }
  postMessage(_message: unknown, ports: readonly MessagePortMain[] = []): void {
    this.calls.push({ ports: ports.length });
  }
  kill(): boolean {
    this.calls.push('kill');
    return true;
  }
  emit(event: 'exit' | 'message', value: unknown): void {
    this.#listeners.get(event)?.(value);
  }
}

function utility() {
  const child = new FakeChild();
  const ends: EngineEnd[] = [];
  const engine = superviseUtility(child satisfies UtilityChild, (end) => ends.push(end));
  return { child, ends, engine };
}

describe('the engine in a utility process', () => {
  test('gets every port of the page', () => {
    const { child, engine } = utility();
    engine.connect(port());
    engine.connect(port());

    expect(child.calls).toEqual([{ ports: 1 }, { ports: 1 }]);
  });

  test('is missed with its code, and with its own reason where it gave one', () => {
    const crashed = utility();
    crashed.child.emit('message', 'nonsense');
    crashed.child.emit('exit', 139);
    const refused = utility();
    refused.child.emit('message', { type: 'failed', reason: 'The home folder is a file.' });
    refused.child.emit('exit', 1);

    expect(crashed.ends).toEqual([{ reason: 'It ended unexpectedly, with code 139.' }]);
    expect(refused.ends).toEqual([{ reason: 'The home folder is a file.', exitCode: 1 }]);
  });

  test('is closed when it is gone', async () => {
    const { child, engine } = utility();
    const closed = engine.close();
    child.emit('exit', 0);
    await closed;

    expect(child.calls).toEqual(['kill']);
  });
});

function desktop(isFirst = true) {
  const calls: string[] = [];
  const listeners = new Map<string, (event: never) => void>();
  const emit = (event: string, value?: unknown): void => {
    listeners.get(event)?.(value as never);
  };
  const on = (event: string, listener: (event: never) => void): void => {
    listeners.set(event, listener);
  };
  const log = (call: string) => () => {
    calls.push(call);
  };
  const deps: DesktopDeps = {
    app: {
      requestSingleInstanceLock: () => isFirst,
      whenReady: async () => {
        calls.push('ready');
      },
      quit: log('quit'),
      on,
    },
    prepare: log('prepare'),
    startEngine: () => ({ close: log('engine closed') }),
    bounds: {
      load: async () => undefined,
      save: async () => {
        calls.push('bounds saved');
      },
    },
    workAreas: () => [],
    createWindow: () => ({
      show: log('show'),
      focus: log('focus'),
      hide: log('hide'),
      restore: log('restore'),
      isMinimized: () => false,
      isDestroyed: () => false,
      getNormalBounds: () => ({ x: 0, y: 0, width: 1, height: 1 }),
      loadURL: async (url: string) => {
        calls.push(url);
      },
      once: on,
      on,
    }),
    installMenus: () => ({ destroy: log('tray gone') }),
  };
  return { deps, calls, emit };
}

describe('the desktop app', () => {
  test('opens one window on our page, once it can be shown', async () => {
    const { deps, calls, emit } = desktop();
    await startDesktop(deps);
    emit('ready-to-show');

    expect(calls).toEqual(['ready', 'prepare', 'app://parley/', 'show', 'focus']);
  });

  test('a second start only brings the first to the front', async () => {
    const second = desktop(false);
    await startDesktop(second.deps);
    expect(second.calls).toEqual(['quit']);

    const first = desktop();
    await startDesktop(first.deps);
    first.calls.length = 0;
    first.emit('second-instance');
    expect(first.calls).toEqual(['show', 'focus']);
  });

  test('closing the window hides it, quitting ends everything', async () => {
    const { deps, calls, emit } = desktop();
    await startDesktop(deps);
    calls.length = 0;
    let prevented = 0;
    const close = { preventDefault: () => (prevented += 1) };
    emit('close', close);
    expect(calls).toEqual(['bounds saved', 'hide']);
    emit('before-quit');
    emit('close', close);

    expect(prevented).toBe(1);
    expect(calls).toEqual(['bounds saved', 'hide', 'tray gone', 'engine closed', 'bounds saved']);
  });
});
