import { describe, expect, test } from 'vitest';

import { type ChromiumLook, findChromium } from './chromium.ts';

function look(
  parts: Partial<ChromiumLook> & { readonly present: readonly string[] },
): ChromiumLook {
  const { present, ...rest } = parts;
  return {
    platform: 'linux',
    env: {},
    home: '/home/me',
    playwrightPath: undefined,
    isExecutable: (file) => present.includes(file),
    ...rest,
  };
}

describe('the browser to test in', () => {
  test.for<{ name: string; look: ChromiumLook; found: string | undefined }>([
    { name: 'is none when there is none', look: look({ present: [] }), found: undefined },
    {
      name: 'is the one PARLEY_CHROMIUM names, before any other',
      look: look({
        env: { PARLEY_CHROMIUM: '/mine', PATH: '/bin' },
        present: ['/mine', '/bin/chromium'],
      }),
      found: '/mine',
    },
    {
      name: 'ignores an empty PARLEY_CHROMIUM',
      look: look({ env: { PARLEY_CHROMIUM: '', PATH: '/bin' }, present: ['/bin/chromium'] }),
      found: '/bin/chromium',
    },
    {
      name: 'is the first in PATH order, whatever it is called',
      look: look({
        env: { PATH: '/a::/b' },
        present: ['/b/chromium', '/a/google-chrome', '/usr/bin/chromium'],
      }),
      found: '/a/google-chrome',
    },
    {
      name: 'is found in a usual place when PATH does not name it',
      look: look({ env: { PATH: '/a' }, present: ['/snap/bin/chromium'] }),
      found: '/snap/bin/chromium',
    },
    {
      name: 'is the application bundle on macOS',
      look: look({
        platform: 'darwin',
        present: ['/home/me/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'],
      }),
      found: '/home/me/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    },
    {
      name: 'is under a program folder on Windows',
      look: look({
        platform: 'win32',
        env: { Path: 'C:\\bin;', 'ProgramFiles(x86)': 'C:\\x86' },
        present: ['C:\\x86\\Google\\Chrome\\Application\\chrome.exe'],
      }),
      found: 'C:\\x86\\Google\\Chrome\\Application\\chrome.exe',
    },
    {
      name: 'is found in Path on Windows with its ending',
      look: look({
        platform: 'win32',
        env: { Path: 'C:\\bin;D:\\tools' },
        present: ['D:\\tools\\chrome.exe'],
      }),
      found: 'D:\\tools\\chrome.exe',
    },
    {
      name: 'is Playwright’s own when nothing is installed',
      look: look({ playwrightPath: '/cache/chrome', present: ['/cache/chrome'] }),
      found: '/cache/chrome',
    },
  ])('$name', ({ look: where, found }) => {
    expect(findChromium(where)).toBe(found);
  });

  test('a PARLEY_CHROMIUM that cannot be run is named in the error, not passed over', () => {
    const where = look({
      env: { PARLEY_CHROMIUM: '/gone', PATH: '/bin' },
      present: ['/bin/chromium'],
    });

    expect(() => findChromium(where)).toThrow('PARLEY_CHROMIUM names /gone');
  });
});
