import type { BrowserWindowConstructorOptions } from 'electron';

import { MINIMUM_SIZE, type WindowPlacement } from '../shell/index.ts';

/** Only what differs from Electron's defaults, which are the safe ones. */
export function windowOptions(
  placement: WindowPlacement,
  facts: { readonly preload: string; readonly isPackaged: boolean },
): BrowserWindowConstructorOptions {
  return {
    ...placement,
    minWidth: MINIMUM_SIZE.width,
    minHeight: MINIMUM_SIZE.height,
    title: 'Parley',
    // Shown when the first picture is ready, so that no white flash comes first.
    show: false,
    autoHideMenuBar: true,
    webPreferences: {
      preload: facts.preload,
      // A conversation goes on while its window is hidden; its timers must not slow down.
      backgroundThrottling: false,
      devTools: !facts.isPackaged,
    },
  };
}
