import type { App, BrowserWindow } from 'electron';

import { APP_ORIGIN, placeWindow, type Rectangle, type WindowPlacement } from '../shell/index.ts';

export type DesktopApp = Pick<App, 'requestSingleInstanceLock' | 'whenReady' | 'quit'> & {
  on(event: 'second-instance' | 'activate' | 'before-quit', listener: () => void): unknown;
  on(event: 'window-all-closed', listener: () => void): unknown;
};

export type DesktopWindow = Pick<
  BrowserWindow,
  | 'show'
  | 'focus'
  | 'hide'
  | 'restore'
  | 'isMinimized'
  | 'isDestroyed'
  | 'getNormalBounds'
  | 'loadURL'
> & {
  once(event: 'ready-to-show', listener: () => void): unknown;
  on(event: 'close', listener: (event: { preventDefault(): void }) => void): unknown;
};

export type DesktopActions = { readonly show: () => void; readonly quit: () => void };

export type DesktopDeps = {
  readonly app: DesktopApp;
  /** Installs the page's scheme and its permissions; runs once Electron is ready. */
  prepare(): void;
  startEngine(): { close(): void };
  readonly bounds: { load(): Promise<unknown>; save(bounds: Rectangle): Promise<void> };
  workAreas(): readonly Rectangle[];
  createWindow(placement: WindowPlacement): DesktopWindow;
  /** Gives back the tray, which is kept: one that nobody refers to disappears. */
  installMenus(actions: DesktopActions): { destroy(): void };
};

/**
 * The life of the desktop app: one instance, one window, one engine. Closing the window hides it, so
 * that a conversation can go on; quitting ends everything.
 */
export async function startDesktop(deps: DesktopDeps): Promise<void> {
  const { app } = deps;
  if (!app.requestSingleInstanceLock()) {
    // The first instance hears of this start and comes to the front.
    app.quit();
    return;
  }
  await app.whenReady();
  deps.prepare();
  const engine = deps.startEngine();
  let isQuitting = false;
  const window = deps.createWindow(placeWindow(await deps.bounds.load(), deps.workAreas()));
  const show = (): void => {
    if (window.isDestroyed()) return;
    if (window.isMinimized()) window.restore();
    window.show();
    window.focus();
  };
  window.once('ready-to-show', show);
  window.on('close', (event) => {
    void deps.bounds.save(window.getNormalBounds());
    if (isQuitting) return;
    event.preventDefault();
    window.hide();
  });
  const tray = deps.installMenus({
    show,
    quit: () => {
      app.quit();
    },
  });
  app.on('second-instance', show);
  app.on('activate', show);
  app.on('before-quit', () => {
    isQuitting = true;
    tray.destroy();
    engine.close();
  });
  // Without a listener Electron would end the app together with its last window.
  app.on('window-all-closed', () => undefined);
  await window.loadURL(`${APP_ORIGIN}/`);
}
