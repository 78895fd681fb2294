import type { MessagePortMain, Protocol } from 'electron';
import { mkdtempDisposable, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { registerAppScheme, serveApp } from './appProtocol.ts';
import { createBoundsFile } from './boundsFile.ts';
import { acceptConnections, type ConnectEvent, type ConnectIpc } from './connections.ts';
import { guardContents } from './guards.ts';
import { applicationMenu, trayMenu } from './menus.ts';
import { installPermissionHandlers, type PermissionSession } from './permissions.ts';
import { windowOptions } from './windowOptions.ts';

const noContents = null as unknown as Electron.WebContents;

function install() {
  type Ask = NonNullable<Parameters<PermissionSession['setPermissionRequestHandler']>[0]>;
  type Check = NonNullable<Parameters<PermissionSession['setPermissionCheckHandler']>[0]>;
  const handlers: { ask?: Ask | null; check?: Check | null } = {};
  const refused: string[] = [];
  installPermissionHandlers(
    {
      setPermissionRequestHandler: (handler) => {
        handlers.ask = handler;
      },
      setPermissionCheckHandler: (handler) => {
        handlers.check = handler;
      },
    },
    (permission) => refused.push(permission),
  );
  const ask = (permission: Parameters<Ask>[1], details: Parameters<Ask>[3]) => {
    let answer: boolean | undefined;
    handlers.ask?.(noContents, permission, (isGranted) => (answer = isGranted), details);
    return answer;
  };
  const check = (permission: Parameters<Check>[1], details: Parameters<Check>[3], origin = '') =>
    handlers.check?.(null, permission, origin, details);
  return { ask, check, refused };
}

describe('permissions', () => {
  const page = { isMainFrame: true, requestingUrl: 'app://parley/index.html' };

  test('the microphone is granted when checked and when asked', () => {
    const { ask, check, refused } = install();

    expect(ask('media', { ...page, mediaTypes: ['audio'] })).toBe(true);
    expect(check('media', { ...page, mediaType: 'audio' })).toBe(true);
    expect(check('media', { isMainFrame: true, mediaType: 'audio' }, 'app://parley/')).toBe(true);
    expect(refused).toEqual([]);
  });

  test('a request without a kind, or of an unknown one, is refused', () => {
    const { ask, check } = install();

    expect(ask('media', page)).toBe(false);
    expect(check('media', page)).toBe(false);
    expect(check('media', { ...page, mediaType: 'unknown' })).toBe(false);
  });

  test('refusals are told once per kind', () => {
    const { ask, check, refused } = install();
    ask('geolocation', page);
    check('geolocation', page);
    ask('notifications', page);

    expect(refused).toEqual(['geolocation', 'notifications']);
  });
});

describe('the page’s scheme', () => {
  test('is standard and secure, and never steps around the policy', () => {
    let schemes: Electron.CustomScheme[] = [];
    registerAppScheme({
      registerSchemesAsPrivileged: (given) => {
        schemes = given;
      },
    });

    expect(schemes).toMatchObject([
      { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true } },
    ]);
    expect(schemes[0]?.privileges).not.toHaveProperty('bypassCSP');
  });

  test('serves the built page under the policy and nothing outside it', async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), 'parley-page-'));
    await writeFile(join(folder.path, 'index.html'), 'page');
    let handler: Parameters<Protocol['handle']>[1] | undefined;
    serveApp({ handle: (_scheme, given) => (handler = given) }, folder.path);
    const get = async (url: string, method = 'GET') =>
      handler?.({ url, method } as unknown as Request);

    const page = await get('app://parley/?x=1#y');
    expect(await page?.text()).toBe('page');
    expect(page?.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect((await get('app://parley/%2e%2e/index.html'))?.status).toBe(404);
    expect((await get('app://parley/../index.html'))?.status).toBe(404);
    expect((await get('app://other/index.html'))?.status).toBe(404);
    expect((await get('app://parley/', 'POST'))?.status).toBe(404);
  });
});

function guard() {
  const listeners = new Map<string, (event: { url: string; preventDefault(): void }) => void>();
  let openWindow: ((details: { url: string }) => { action: 'deny' }) | undefined;
  const opened: string[] = [];
  const contents = {
    on: (event: string, listener: never) => listeners.set(event, listener),
    setWindowOpenHandler: (handler: typeof openWindow) => {
      openWindow = handler;
    },
  };
  guardContents(contents, (address) => opened.push(address));
  const isPrevented = (event: string, url: string): boolean => {
    let isStopped = false;
    listeners.get(event)?.({ url, preventDefault: () => (isStopped = true) });
    return isStopped;
  };
  return { isPrevented, opened, open: (url: string) => openWindow?.({ url }) };
}

describe('leaving the page', () => {
  test('is prevented for windows and frames alike', () => {
    const { isPrevented } = guard();

    expect(isPrevented('will-navigate', 'https://example.com/')).toBe(true);
    expect(isPrevented('will-frame-navigate', 'file:///etc/passwd')).toBe(true);
    expect(isPrevented('will-navigate', 'app://parley/')).toBe(false);
    expect(isPrevented('will-attach-webview', '')).toBe(true);
  });

  test('never opens a window of ours, and only known links outside', () => {
    const { open, opened } = guard();

    expect(open('https://github.com/x')).toEqual({ action: 'deny' });
    expect(open('https://evil.example/')).toEqual({ action: 'deny' });
    expect(open('app://parley/')).toEqual({ action: 'deny' });
    expect(opened).toEqual(['https://github.com/x']);
  });
});

function send(event: ConnectEvent): readonly MessagePortMain[] {
  const connected: MessagePortMain[] = [];
  let listener: Parameters<ConnectIpc['on']>[1] | undefined;
  acceptConnections({ on: (_channel, given) => (listener = given) }, (given) =>
    connected.push(given),
  );
  listener?.(event);
  return connected;
}

describe('the page’s port', () => {
  type Port = MessagePortMain & { isClosed?: boolean };
  const port = (): Port => {
    const made = { close: () => (made.isClosed = true), isClosed: false };
    return made as unknown as Port;
  };
  const frame = { url: 'app://parley/', parent: null };

  test('from our own page goes to the engine', () => {
    const ours = port();

    expect(send({ ports: [ours], senderFrame: frame })).toEqual([ours]);
    expect(ours.isClosed).toBe(false);
  });

  test.for([
    ['a foreign page', { ...frame, url: 'https://example.com/' }, 1],
    ['a frame that has gone', null, 1],
    ['two ports', frame, 2],
    ['no port', frame, 0],
    ['an inner frame', { ...frame, parent: {} as Electron.WebFrameMain }, 1],
  ] as const)('is closed: %s', ([, senderFrame, count]) => {
    const ports = Array.from({ length: count }, port);

    expect(send({ ports, senderFrame })).toEqual([]);
    expect(ports.every(({ isClosed }) => isClosed)).toBe(true);
  });
});

test('the window takes nothing away from Electron’s safe defaults', () => {
  const facts = { preload: '/p.cjs', isPackaged: true };
  const { webPreferences = {} } = windowOptions({ width: 800, height: 600 }, facts);

  expect(webPreferences).toEqual({
    preload: '/p.cjs',
    backgroundThrottling: false,
    devTools: false,
  });
});

test('where the window was is remembered, and a broken memory is none', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'parley-bounds-'));
  const bounds = { x: 1, y: 2, width: 3, height: 4 };
  const file = createBoundsFile(folder.path);

  expect(await file.load()).toBeUndefined();
  await file.save(bounds);
  expect(await file.load()).toEqual(bounds);
  await writeFile(join(folder.path, 'window.json'), '{');
  expect(await file.load()).toBeUndefined();
  await expect(createBoundsFile('/dev/null/no').save(bounds)).resolves.toBeUndefined();
});

test('a profile that is gone is not made anew for the place of a window', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'parley-bounds-'));
  const gone = join(folder.path, 'gone');
  await createBoundsFile(gone).save({ x: 1, y: 2, width: 3, height: 4 });

  expect(await readdir(folder.path)).toEqual([]);
});

test('both menus end the app, and developer tools are not shipped', () => {
  const calls: string[] = [];
  const actions = {
    show: () => calls.push('show'),
    about: () => calls.push('about'),
    quit: () => calls.push('quit'),
  };
  for (const { click } of trayMenu(actions)) (click as (() => void) | undefined)?.();

  expect(calls).toEqual(['show', 'about', 'quit']);
  const shipped = JSON.stringify(applicationMenu(actions, { isMac: true, isPackaged: true }));
  expect(shipped).toContain('Quit Parley');
  expect(shipped).not.toContain('toggleDevTools');
});
