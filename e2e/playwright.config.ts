import process from 'node:process';

import { defineConfig, type PlaywrightTestProject } from '@playwright/test';

import { findChromiumHere } from '../.ci/chromium.ts';

const executablePath = await findChromiumHere();

const inBrowser = {
  permissions: ['microphone'],
  launchOptions: {
    ...(executablePath === undefined ? {} : { executablePath }),
    args: [
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--autoplay-policy=no-user-gesture-required',
      '--use-fake-device-for-media-stream',
      '--use-fake-ui-for-media-stream',
      // Machines whose only interface is loopback can make calls too.
      '--allow-loopback-in-peer-connection',
    ],
  },
};

const projects: PlaywrightTestProject[] = [
  {
    // Sound without a gap can be expected of a machine only while nothing else keeps it busy, so the
    // test command runs this by itself.
    name: 'media',
    testMatch: 'media.spec.ts',
    use: inBrowser,
  },
  {
    name: 'browser',
    testIgnore: ['electron/**', 'media.spec.ts'],
    use: inBrowser,
  },
];

// Not a skipped test in a green run: without an executable there is no such project, and the test
// command says so. Specs read ELECTRON_BINARY and pass it as executablePath.
if ((process.env['ELECTRON_BINARY'] ?? '') !== '') {
  projects.push({ name: 'electron', testMatch: 'electron/**/*.spec.ts' });
}

export default defineConfig({
  testDir: '.',
  testMatch: '**/*.spec.ts',
  outputDir: '../test-results/output',
  globalSetup: './support/globalSetup.ts',
  forbidOnly: true,
  retries: 0,
  workers: 2,
  // What is waited for comes at once on a machine that has time; these only end what never comes.
  timeout: 120_000,
  expect: { timeout: 20_000 },
  use: {
    trace: 'retain-on-failure',
    viewport: { width: 1280, height: 800 },
    // Every spec waits for what it needs: an action that still cannot be done is a failure at once.
    actionTimeout: 20_000,
  },
  projects,
});
