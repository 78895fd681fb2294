import { describe, expect, test } from 'vitest';

import { browserCommand } from './browserOpening.ts';
import { CONTENT_SECURITY_POLICY, contentPolicyOf } from './contentPolicy.ts';
import { decideOpen, type OpenFacts } from './openDecision.ts';
import { placeWindow } from './windowBounds.ts';

describe('desktop app or browser', () => {
  const desktop: OpenFacts = {
    platform: 'linux',
    env: { DISPLAY: ':0' },
    isRoot: false,
    isBrowserWanted: false,
    hasExecutable: true,
    hasPackage: true,
  };

  test.for<[string, Partial<OpenFacts>, string]>([
    ['Linux with a display', {}, 'desktop'],
    ['Wayland', { env: { WAYLAND_DISPLAY: 'wayland-0' } }, 'desktop'],
    ['no display', { env: {} }, 'browser'],
    ['an empty display', { env: { DISPLAY: '' } }, 'browser'],
    ['root on Linux', { isRoot: true }, 'browser'],
    ['Windows', { platform: 'win32', env: {} }, 'desktop'],
    ['macOS', { platform: 'darwin', env: {} }, 'desktop'],
    ['macOS over SSH', { platform: 'darwin', env: { SSH_CONNECTION: '1 2 3 4' } }, 'browser'],
    ['no executable yet', { hasExecutable: false }, 'desktopAfterFetch'],
    ['no display and no executable', { env: {}, hasExecutable: false }, 'browser'],
    ['no Electron at all', { hasExecutable: false, hasPackage: false }, 'browser'],
    ['the browser asked for', { isBrowserWanted: true }, 'browser'],
  ])('%s', ([, change, open]) => {
    expect(decideOpen({ ...desktop, ...change }).open).toBe(open);
  });

  test('a browser that was asked for needs no explanation', () => {
    expect(decideOpen({ ...desktop, isBrowserWanted: true })).toEqual({
      open: 'browser',
      reason: undefined,
    });
  });
});

describe('the browser that is opened', () => {
  const desktop = { platform: 'linux', env: { DISPLAY: ':0' } };

  test.for<
    [string, Partial<{ platform: string; env: Record<string, string> }>, string | undefined]
  >([
    ['Linux', {}, 'xdg-open'],
    [
      'Linux over SSH with a display of its own',
      { env: { DISPLAY: ':10', SSH_CONNECTION: '1' } },
      'xdg-open',
    ],
    ['Linux over SSH', { env: { SSH_CONNECTION: '1' } }, undefined],
    ['Linux without a display', { env: {} }, undefined],
    ['macOS', { platform: 'darwin', env: {} }, 'open'],
    ['macOS over SSH', { platform: 'darwin', env: { SSH_CONNECTION: '1' } }, undefined],
    ['Windows', { platform: 'win32', env: {} }, 'rundll32'],
    ['Windows over SSH', { platform: 'win32', env: { SSH_CONNECTION: '1' } }, undefined],
    ['a machine that tests', { env: { DISPLAY: ':0', CI: 'true' } }, undefined],
    ['who wants none', { env: { DISPLAY: ':0', BROWSER: 'none' } }, undefined],
  ])('%s', ([, change, command]) => {
    const address = 'http://127.0.0.1:1/open?ticket=x';
    const opening = browserCommand(address, { ...desktop, ...change });

    expect(opening?.command).toBe(command);
    expect(opening?.args.at(-1) ?? address).toBe(address);
  });
});

describe('where the window opens', () => {
  const screen = { x: 0, y: 25, width: 1440, height: 875 };
  const second = { x: 1440, y: 0, width: 1920, height: 1080 };
  const first = { width: 1120, height: 760 };

  test.for([
    ['the first time', undefined, first],
    ['what was saved is broken', { x: 'a', width: 3 }, first],
    ['what was saved is not finite', { x: 0, y: 0, width: Infinity, height: 500 }, first],
    [
      'where it was',
      { x: 10, y: 40, width: 800, height: 600 },
      { x: 10, y: 40, width: 800, height: 600 },
    ],
    [
      'on the second screen',
      { x: 1500, y: 10, width: 800, height: 600 },
      { x: 1500, y: 10, width: 800, height: 600 },
    ],
    ['its screen is gone', { x: 5000, y: 40, width: 800, height: 600 }, first],
    [
      'its title bar would be hidden',
      { x: 10, y: -30, width: 800, height: 600 },
      { x: 10, y: 25, width: 800, height: 600 },
    ],
    [
      'too large for the screen',
      { x: 0, y: 25, width: 9000, height: 9000 },
      { x: 0, y: 25, width: 1440, height: 875 },
    ],
    [
      'too small to use',
      { x: 100, y: 25, width: 10, height: 10 },
      { x: 100, y: 25, width: 360, height: 480 },
    ],
  ])('%s', ([, saved, expected]) => {
    expect(placeWindow(saved, [screen, second])).toEqual(expected);
  });

  test('a machine without a screen still gets a window', () => {
    expect(placeWindow(undefined, [])).toEqual(first);
  });
});

test('the policy lets nothing in but files of ours', () => {
  expect(CONTENT_SECURITY_POLICY).toMatch(/^default-src 'none';/u);
  expect(CONTENT_SECURITY_POLICY).not.toMatch(/unsafe|\*|https?:/u);
});

test('WebAssembly is let in where a web worker of ours runs, and nowhere else', () => {
  expect(contentPolicyOf('assets/spotting.worker-Ab_c-123.js')).toContain("'wasm-unsafe-eval'");
  for (const path of ['index.html', 'assets/index-Abc12345.js', 'assets/x/spotting.worker-a.js'])
    expect(contentPolicyOf(path)).toBe(CONTENT_SECURITY_POLICY);
});
