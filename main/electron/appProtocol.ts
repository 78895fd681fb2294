import type { Protocol } from 'electron';

import { readAppFile } from '../page/index.ts';
import { APP_SCHEME, isAppUrl } from '../shell/index.ts';

/** Must run before Electron is ready. Without `standard` the page would have no storage. */
export function registerAppScheme(protocol: Pick<Protocol, 'registerSchemesAsPrivileged'>): void {
  protocol.registerSchemesAsPrivileged([
    {
      scheme: APP_SCHEME,
      privileges: {
        standard: true,
        secure: true,
        supportFetchAPI: true,
        stream: true,
        codeCache: true,
      },
    },
  ]);
}

/** Serves the built page, and nothing else, under our own scheme. */
export function serveApp(protocol: Pick<Protocol, 'handle'>, pageFolder: string): void {
  protocol.handle(APP_SCHEME, async ({ method, url }) => {
    if (method !== 'GET' || !isAppUrl(url)) return new Response(null, { status: 404 });
    const { status, headers, body } = await readAppFile(pageFolder, rawPath(url));
    return new Response(body, { status, headers });
  });
}

/** The path as Chromium sends it: between the host and the query, percent signs and all. */
function rawPath(url: string): string {
  return /^[^:]+:\/\/[^/?#]*([^?#]*)/u.exec(url)?.[1] ?? '';
}
