import type { MessagePortMain } from 'electron';

import { describe, expect, test } from 'vitest';

import { type DesktopDeps, startDesktop } from './desktop.ts';
import { type EngineChild, EngineProcess } from './engineProcess.ts';

const port = (calls: string[] = []): MessagePortMain =>
  ({ close: () => calls.push('port closed') }) as unknown as MessagePortMain;

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

function engineProcess(wantsRestart = true) {
  const children: FakeChild[] = [];
  const asked: string[] = [];
  const quits: string[] = [];
  const engine = new EngineProcess({
    fork: () => {
      const child = new FakeChild();
      children.push(child);
      return child satisfies EngineChild;
    },
    nowMs: () => 1,
    askForRestart: async (reason) => {
      asked.push(reason);
      return wantsRestart;
    },
    quit: () => quits.push('quit'),
  });
  return { engine, children, asked, quits };
}

/** Lets the answer of a dialogue arrive. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('the engine’s process', () => {
  test('gets every port of the page', () => {
    const { engine, children } = engineProcess();
    engine.connect(port());
    engine.connect(port());

    expect(children[0]?.calls).toEqual([{ ports: 1 }, { ports: 1 }]);
  });

  test('comes back after a crash, and new ports go to the new one', () => {
    const { engine, children, asked } = engineProcess();
    children[0]?.emit('exit', 139);
    engine.connect(port());

    expect(children).toHaveLength(2);
    expect(children[1]?.calls).toEqual([{ ports: 1 }]);
    expect(asked).toEqual([]);
  });

  test('that could not start says why and is started when the user wants it', async () => {
    const { engine, children, asked } = engineProcess();
    const calls: string[] = [];
    children[0]?.emit('message', { type: 'failed', reason: 'config.toml is broken' });
    children[0]?.emit('exit', 1);
    engine.connect(port(calls));
    await settled();

    expect(asked).toEqual(['config.toml is broken']);
    expect(calls).toEqual(['port closed']);
    expect(children).toHaveLength(2);
  });

  test('ends the app when the user gives up', async () => {
    const { children, quits } = engineProcess(false);
    children[0]?.emit('message', 'nonsense');
    children[0]?.emit('exit', 1);
    await settled();

    expect(quits).toEqual(['quit']);
    expect(children).toHaveLength(1);
  });

  test('is not brought back by an exit that comes late, or after closing', async () => {
    const { engine, children, asked } = engineProcess();
    children[0]?.emit('exit', 9);
    children[0]?.emit('exit', 9);
    expect(children).toHaveLength(2);
    engine.close();
    engine.close();
    children[1]?.emit('exit', 0);
    await settled();

    expect(children).toHaveLength(2);
    expect(children[1]?.calls).toEqual(['kill']);
    expect(asked).toEqual([]);
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
