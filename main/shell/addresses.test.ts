import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { isAppUrl } from './appOrigin.ts';
import { appPath } from './appPath.ts';
import { isConnectAccepted } from './ipcSender.ts';
import { mayNavigate, outsideAddress } from './navigation.ts';

describe('the page’s own address', () => {
  test.for([
    ['app://parley/', true],
    ['app://parley/index.html?a=1#b', true],
    ['app://parley', true],
    ['APP://parley/', true],
    // Chromium writes our host in small letters; Node leaves it as it is.
    ['app://PARLEY/', false],
    ['app://parley:80/', false],
    ['app://parley@evil/', false],
    ['app://evil/parley', false],
    ['app:parley', false],
    ['https://parley/', false],
    ['about:blank', false],
    ['javascript:alert(1)', false],
    ['', false],
  ] as const)('%s: %s', ([address, isOurs]) => {
    expect(isAppUrl(address)).toBe(isOurs);
    expect(mayNavigate(address)).toBe(isOurs);
  });
});

describe('links that leave the app', () => {
  test.for([
    ['https://github.com/some/where', 'https://github.com/some/where'],
    ['https://platform.openai.com/api-keys', 'https://platform.openai.com/api-keys'],
    ['http://github.com/', undefined],
    ['https://github.com.evil.example/', undefined],
    ['https://evil.example/?github.com', undefined],
    ['https://user:secret@github.com/', undefined],
    ['https://github.com:8443/', undefined],
    ['file:///etc/passwd', undefined],
    ['javascript:alert(1)', undefined],
    ['not an address', undefined],
  ] as const)('%s opens as %s', ([address, expected]) => {
    expect(outsideAddress(address)).toBe(expected);
  });
});

describe('files of the page', () => {
  test.for([
    ['/', 'index.html'],
    ['/index.html', 'index.html'],
    ['/assets/index-B1c2D3e4.js', 'assets/index-B1c2D3e4.js'],
    ['/assets/a%20b.png', 'assets/a b.png'],
    ['/../package.json', undefined],
    ['/assets/../../package.json', undefined],
    ['/%2e%2e/package.json', undefined],
    ['/assets%2f..%2fpackage.json', undefined],
    ['/..%5cpackage.json', undefined],
    ['/assets\\..\\x', undefined],
    ['/C:/windows', undefined],
    ['//etc/passwd', undefined],
    ['/assets/', undefined],
    ['/.env', undefined],
    ['/a..b', undefined],
    ['/index.html%00.png', undefined],
    ['/%', undefined],
    ['/%c0%ae%c0%ae/x', undefined],
    ['index.html', undefined],
    ['', undefined],
  ] as const)('%s is %s', ([path, file]) => {
    expect(appPath(path)).toBe(file);
  });

  test('no path at all names anything outside', () => {
    const piece = fc.constantFrom('..', '.', '/', '\\', '%2e', '%2f', '%5c', '%00', 'a', '%', ':');
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(piece).map((all) => all.join('')),
        ),
        (path) => {
          const file = appPath(path) ?? 'index.html';
          expect(new URL(file, 'app://parley/').href.startsWith('app://parley/')).toBe(true);
          expect(file).not.toMatch(/(?:^|[/\\])\.\.?(?:[/\\]|$)|^[/\\]|\\|\0/u);
        },
      ),
    );
  });
});

describe('who may connect to the engine', () => {
  const page = { url: 'app://parley/', hasParent: false };

  test.for([
    ['our page with its port', page, 1, true],
    ['a frame inside our page', { ...page, hasParent: true }, 1, false],
    ['a foreign page', { ...page, url: 'https://example.com/' }, 1, false],
    ['a frame that has gone', undefined, 1, false],
    ['our page without a port', page, 0, false],
    ['our page with two ports', page, 2, false],
  ] as const)('%s', ([, sender, ports, isAccepted]) => {
    expect(isConnectAccepted(sender, ports)).toBe(isAccepted);
  });
});
