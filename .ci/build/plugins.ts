import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { normalizePath, type Plugin } from 'vite';

import { fingerprintSources, STAMP_FILE } from './fingerprint.ts';
import { collectNotices } from './notices.ts';

const NOTICES_FILE = 'dist/THIRD_PARTY_NOTICES.txt';
const TEST_SUPPORT = /(?:\/(?:testing|tests)\/|\.(?:test|spec)\.tsx?$)/;

/**
 * Test support is not a build variant: there is one build, and it holds none of it. A product module
 * that reaches for a `testing/` folder stops the build instead of shipping a fake.
 */
export function refuseTestSupport(root: string): Plugin {
  return {
    name: 'parley:refuse-test-support',
    apply: 'build',
    transform(_code, id) {
      const path = id.startsWith(root) ? id.slice(root.length) : id;
      if (path.includes('/node_modules/') || !TEST_SUPPORT.test(path)) return;
      this.error(`${path} is test support and must not be part of a build`);
    },
  };
}

/**
 * Worker threads of the Node side. `new Worker(new URL('./speechWorker.ts', import.meta.url))` runs as
 * it stands from the sources; in the bundle every `*Worker.ts` is an entry of its own beside all other
 * chunks, so only the ending of the file name has to change.
 */
export function nodeWorkerUrls(): Plugin {
  const workerUrl =
    /new URL\(\s*(['"])(?:[^'"]*\/)?(?<name>\w+Worker)\.ts\1\s*,\s*import\.meta\.url\s*,?\s*\)/g;
  return {
    name: 'parley:node-worker-urls',
    apply: 'build',
    applyToEnvironment: (environment) => environment.config.consumer === 'server',
    transform: {
      order: 'post',
      filter: { code: 'Worker.ts' },
      handler: (code) => ({
        code: code.replace(workerUrl, "new URL('./$<name>.cjs', import.meta.url)"),
        map: null,
      }),
    },
  };
}

/**
 * The schemas of the protocol do nothing but exist: an output leaves out those that nobody in it asks for, which
 * the bundler cannot know of calls. Said of these calls alone, as other people's code may mean anything by `z`.
 */
export function pureSchemas(root: string): Plugin {
  const folder = normalizePath(join(root, 'core/protocol/'));
  const schemaCall = /\b(?:z\s*\.\w+|maybe)\(/gu;
  return {
    name: 'parley:pure-schemas',
    apply: 'build',
    transform: {
      order: 'pre',
      filter: { id: new RegExp(`^${RegExp.escape(folder)}`, 'u') },
      handler: (code) => ({ code: code.replace(schemaCall, '/* @__PURE__ */ $&'), map: null }),
    },
  };
}

/**
 * The acoustic models that the page's spotter asks for, beside the page. Their dictionaries stay behind:
 * they are the larger half, and the spotter has the sounds of its few words itself.
 */
export function pageModels(root: string): Plugin {
  const models = join(root, 'node_modules', 'soundswallower', 'model');
  return {
    name: 'parley:page-models',
    apply: 'build',
    applyToEnvironment: (environment) => environment.name === 'client',
    generateBundle() {
      for (const model of readdirSync(models)) {
        for (const file of readdirSync(join(models, model))) {
          if (file === 'dict.txt') continue;
          const source = readFileSync(join(models, model, file));
          this.emitFile({ type: 'asset', fileName: `ears/${model}/${file}`, source });
        }
      }
    },
  };
}

/** Writes what a whole build leaves beside its code: the notices of bundled packages, and the stamp. */
export function finishBuild(root: string): Plugin {
  const bundled = new Set<string>();
  let fingerprint = '';
  return {
    name: 'parley:finish-build',
    apply: 'build',
    sharedDuringBuild: true,
    generateBundle(_options, bundle) {
      for (const output of Object.values(bundle)) {
        if (output.type === 'chunk') for (const id of output.moduleIds) bundled.add(id);
      }
    },
    config: () => {
      // Taken before anything is read, so that an edit made during the build leaves the build stale; and
      // a build that fails half-way must not be taken for the finished one before it.
      fingerprint = fingerprintSources(root);
      rmSync(join(root, STAMP_FILE), { force: true });
    },
    buildApp: {
      order: 'post',
      handler: async () => {
        await mkdir(join(root, 'dist'), { recursive: true });
        await writeFile(join(root, NOTICES_FILE), collectNotices(root, bundled));
        await writeFile(join(root, STAMP_FILE), `${fingerprint}\n`);
      },
    },
  };
}
