import { accessSync, constants, statSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import process from 'node:process';

import { canInstallDebianPackages, installDebianPackage } from './debian.ts';

/** What the search for a browser depends on; tests pass their own. */
export type ChromiumLook = {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  /** Where Playwright would keep its own browser. */
  readonly playwrightPath: string | undefined;
  readonly isExecutable: (file: string) => boolean;
};

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];

function usualPlaces({ platform, env, home }: ChromiumLook): readonly string[] {
  if (platform === 'darwin') {
    return ['/Applications', `${home}/Applications`].flatMap((folder) => [
      `${folder}/Google Chrome.app/Contents/MacOS/Google Chrome`,
      `${folder}/Chromium.app/Contents/MacOS/Chromium`,
    ]);
  }
  if (platform === 'win32') {
    return [env['ProgramFiles'], env['ProgramFiles(x86)'], env['LOCALAPPDATA']].flatMap((folder) =>
      folder === undefined
        ? []
        : [
            `${folder}\\Google\\Chrome\\Application\\chrome.exe`,
            `${folder}\\Chromium\\Application\\chrome.exe`,
          ],
    );
  }
  return [
    ...NAMES.map((name) => `/usr/bin/${name}`),
    '/snap/bin/chromium',
    '/opt/google/chrome/chrome',
  ];
}

function placesInPath({ platform, env }: ChromiumLook): readonly string[] {
  const system = platform === 'win32' ? path.win32 : path.posix;
  const ending = platform === 'win32' ? '.exe' : '';
  const folders = (env['PATH'] ?? env['Path'] ?? '')
    .split(system.delimiter)
    .filter((folder) => folder !== '');
  return folders.flatMap((folder) => NAMES.map((name) => system.join(folder, `${name}${ending}`)));
}

/**
 * The Chromium, Chrome or Playwright browser to test in: the one PARLEY_CHROMIUM names, else the first
 * found in PATH, in the usual places of the system, or where Playwright keeps its own. Throws when
 * PARLEY_CHROMIUM names something that cannot be run.
 */
export function findChromium(look: ChromiumLook): string | undefined {
  const named = look.env['PARLEY_CHROMIUM'];
  if (named !== undefined && named !== '') {
    if (look.isExecutable(named)) return named;
    throw new Error(`PARLEY_CHROMIUM names ${named}, which is not an executable file.`);
  }
  const places = [...placesInPath(look), ...usualPlaces(look)];
  if (look.playwrightPath !== undefined) places.push(look.playwrightPath);
  return places.find((file) => look.isExecutable(file));
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

async function playwrightPath(): Promise<string | undefined> {
  try {
    const { chromium } = await import('@playwright/test');
    return chromium.executablePath();
  } catch {
    // Playwright throws on systems it has no browser for.
    return undefined;
  }
}

/** Looks on this machine; see `findChromium`. */
export async function findChromiumHere(): Promise<string | undefined> {
  return findChromium({
    platform: process.platform,
    env: process.env,
    home: homedir(),
    playwrightPath: await playwrightPath(),
    isExecutable,
  });
}

/**
 * Finds a browser, or on Debian as root installs the `chromium` package. Throws an error with one
 * sentence that says what to install where neither leads to a browser.
 */
export async function ensureChromium(report: (line: string) => void): Promise<string> {
  const found = await findChromiumHere();
  if (found !== undefined) return found;
  let why = '';
  if (canInstallDebianPackages()) {
    report('no Chromium found; installing the Debian package chromium');
    const failure = installDebianPackage('chromium');
    const installed = await findChromiumHere();
    if (installed !== undefined) return installed;
    why = ` (apt-get: ${failure ?? 'installed, but no executable appeared'})`;
  }
  throw new Error(
    `No browser to test in: install Chromium or Chrome, or name one in PARLEY_CHROMIUM${why}.`,
  );
}
