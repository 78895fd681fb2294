import type { App, Event } from 'electron';

import { mayNavigate, outsideAddress } from '../shell/index.ts';

/** The slice of Electron's web contents that can leave our page. */
export type GuardedContents = {
  on(
    event: 'will-navigate' | 'will-frame-navigate',
    listener: (details: Pick<Event, 'preventDefault'> & { readonly url: string }) => void,
  ): unknown;
  on(
    event: 'will-attach-webview',
    listener: (event: Pick<Event, 'preventDefault'>) => void,
  ): unknown;
  setWindowOpenHandler(handler: (details: { readonly url: string }) => { action: 'deny' }): void;
};

const stay = (details: Pick<Event, 'preventDefault'> & { readonly url: string }): void => {
  if (!mayNavigate(details.url)) details.preventDefault();
};

/** Keeps a page where it is: no foreign address, no second window, no `<webview>`. */
export function guardContents(
  contents: GuardedContents,
  openOutside: (address: string) => void,
): void {
  contents.on('will-navigate', stay);
  contents.on('will-frame-navigate', stay);
  contents.on('will-attach-webview', (event) => {
    event.preventDefault();
  });
  contents.setWindowOpenHandler(({ url }) => {
    const address = outsideAddress(url);
    if (address !== undefined) openOutside(address);
    return { action: 'deny' };
  });
}

/** Guards every page this app will ever make, not only the ones we remember to guard. */
export function guardAllContents(
  app: Pick<App, 'on'>,
  openOutside: (address: string) => void,
): void {
  app.on('web-contents-created', (_event, contents) => {
    guardContents(contents, openOutside);
  });
}
