import { join } from 'node:path';
import process from 'node:process';

import {
  app,
  BrowserWindow,
  dialog,
  ipcMain,
  Menu,
  nativeImage,
  protocol,
  screen,
  session,
  shell,
  Tray,
  utilityProcess,
} from 'electron';

import { EngineSupervisor } from '../supervisor/index.ts';
import { VERSION } from '../version.ts';
import { registerAppScheme, serveApp } from './appProtocol.ts';
import { createBoundsFile } from './boundsFile.ts';
import { acceptConnections } from './connections.ts';
import { startDesktop } from './desktop.ts';
import { guardAllContents } from './guards.ts';
import { mainClock } from './mainClock.ts';
import { applicationMenu, trayMenu } from './menus.ts';
import { installPermissionHandlers } from './permissions.ts';
import { superviseUtility } from './utilityEngine.ts';
import { windowOptions } from './windowOptions.ts';

// Wiring only: what is decided is decided in main/shell, what is done is done by the adapters beside.

const root = app.getAppPath();
const built = (...path: string[]): string => join(root, 'dist', ...path);
const openOutside = (address: string): void => {
  void shell.openExternal(address);
};

app.enableSandbox();
registerAppScheme(protocol);
guardAllContents(app, openOutside);

void startDesktop({
  app,
  prepare: () => {
    serveApp(protocol, built('app'));
    installPermissionHandlers(session.defaultSession, (permission) => {
      process.stderr.write(`parley: refused the page's request for ${permission}\n`);
    });
  },
  startEngine: () => {
    const engine = new EngineSupervisor({
      start: (ended) =>
        superviseUtility(
          utilityProcess.fork(built('main', 'utility.cjs'), [], { serviceName: 'Parley engine' }),
          ended,
        ),
      clock: mainClock,
      // Without an engine the port is closed, which the page sees and tries again.
      refuse: (port) => {
        port.close();
      },
      onCrash: ({ reason }) => {
        process.stderr.write(`parley: the engine is started again. ${reason}\n`);
      },
      giveUp: async ({ reason }) => {
        const { response } = await dialog.showMessageBox({
          type: 'error',
          message: 'The engine of Parley has stopped.',
          detail: reason,
          buttons: ['Start again', 'Quit'],
          defaultId: 0,
          cancelId: 1,
        });
        return response === 0;
      },
      quit: () => {
        app.quit();
      },
    });
    acceptConnections(ipcMain, (port) => {
      engine.connect(port);
    });
    return {
      close: () => {
        void engine.close();
      },
    };
  },
  bounds: createBoundsFile(app.getPath('userData')),
  workAreas: () => screen.getAllDisplays().map((display) => display.workArea),
  createWindow: (placement) =>
    new BrowserWindow(
      windowOptions(placement, {
        preload: built('preload', 'preload.cjs'),
        isPackaged: app.isPackaged,
      }),
    ),
  installMenus: (actions) => {
    const all = {
      ...actions,
      about: () => {
        void dialog.showMessageBox({
          type: 'info',
          message: `Parley ${VERSION}`,
          detail: 'A voice assistant with a working agent behind the voice.',
        });
      },
    };
    const facts = { isMac: process.platform === 'darwin', isPackaged: app.isPackaged };
    Menu.setApplicationMenu(Menu.buildFromTemplate(applicationMenu(all, facts)));
    const tray = new Tray(nativeImage.createFromPath(join(root, 'main', 'resources', 'tray.png')));
    tray.setToolTip('Parley');
    tray.setContextMenu(Menu.buildFromTemplate(trayMenu(all)));
    tray.on('click', actions.show);
    return tray;
  },
});
