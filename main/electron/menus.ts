import type { MenuItemConstructorOptions } from 'electron';

export type MenuActions = {
  readonly show: () => void;
  readonly about: () => void;
  readonly quit: () => void;
};

/** The tray's menu: the window may be hidden while a conversation goes on. */
export function trayMenu(actions: MenuActions): MenuItemConstructorOptions[] {
  return [
    { label: 'Show Parley', click: actions.show },
    { label: 'About Parley', click: actions.about },
    { type: 'separator' },
    { label: 'Quit', click: actions.quit },
  ];
}

/** The application's menu. The roles bring the shortcuts people know; text editing needs them. */
export function applicationMenu(
  actions: MenuActions,
  facts: { readonly isMac: boolean; readonly isPackaged: boolean },
): MenuItemConstructorOptions[] {
  const quit: MenuItemConstructorOptions = {
    label: 'Quit Parley',
    accelerator: 'CommandOrControl+Q',
    click: actions.quit,
  };
  return [
    {
      label: 'Parley',
      submenu: [
        { label: 'About Parley', click: actions.about },
        { type: 'separator' },
        ...(facts.isMac ? [{ role: 'hide' } as const, { role: 'hideOthers' } as const] : []),
        quit,
      ],
    },
    { role: 'editMenu' },
    {
      label: 'View',
      submenu: [
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { role: 'togglefullscreen' },
        ...(facts.isPackaged ? [] : [{ role: 'toggleDevTools' } as const]),
      ],
    },
    { role: 'windowMenu' },
  ];
}
