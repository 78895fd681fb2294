import { mkdtempDisposable, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { beforeAll, expect, test } from 'vitest';
import * as z from 'zod';

import { buildIfStale, HostProcess } from '../../testing/index.ts';

// What a start loads is decided by the build: that of older sources would be looked at instead of these.
beforeAll(buildIfStale, 120_000);

/** Required before everything else; leaves what the process has loaded in the folder it lies in. */
const OBSERVER = `
const fs = require('node:fs');
const Module = require('node:module');
const path = require('node:path');
const compiledAnew = [];
const load = Module._extensions['.js'];
Module._extensions['.js'] = (module, file) => {
  if (Module.getCompileCacheDir() === undefined) compiledAnew.push(file);
  load(module, file);
};
const bytesOf = (files) => files.reduce((sum, file) => sum + fs.statSync(file).size, 0);
process.on('exit', () => {
  const loaded = Object.keys(require.cache).filter((file) => file !== __filename);
  const seen = { bytes: bytesOf(loaded), bytesCompiledAnew: bytesOf(compiledAnew), builtin: process.moduleLoadList };
  const name = path.basename(process.argv[1]) + '.json';
  fs.writeFileSync(path.join(__dirname, name), JSON.stringify(seen));
});
`;

const Seen = z.object({
  bytes: z.number(),
  bytesCompiledAnew: z.number(),
  builtin: z.array(z.string()),
});

/** What the launcher's process and its engine's have loaded when the page could be served, and ended then. */
async function loadedByStart() {
  await using home = await mkdtempDisposable(join(tmpdir(), 'parley-host-'));
  const observer = join(home.path, 'observer.cjs');
  await writeFile(observer, OBSERVER);
  const env = { NODE_OPTIONS: `--require ${observer}` };
  await using host = new HostProcess(home.path, ['serve', '--port', '0'], env);
  await host.url();
  host.kill('SIGTERM');
  expect(await host.ended).toBe(0);
  const seenBy = async (name: string) =>
    Seen.parse(JSON.parse(await readFile(join(home.path, `${name}.json`), 'utf8')));
  const caches = await readdir(join(home.path, '.cache', 'parley', 'compiled'));
  return { host: await seenBy('parley.cjs'), engine: await seenBy('engineChild.cjs'), caches };
}

test('the host serves the page with little loaded, and compiled code is kept of all of it', async () => {
  const { host, engine, caches } = await loadedByStart();

  expect(engine.bytes).toBeGreaterThan(400_000);
  // A voice session's parts come with the first one, and what only a client reads is not in an engine at all.
  // So do the programs of tools, and schemas are loaded but not built before something is asked of them.
  expect(engine.bytes).toBeLessThan(620_000);
  // With zod or a WebSocket it would be twice as much.
  expect(host.bytes).toBeLessThan(90_000);
  expect(engine.builtin).toContain('NativeModule https');
  expect(host.builtin).not.toContain('NativeModule https');
  expect(host.bytesCompiledAnew).toBeLessThan(8_000);
  expect(engine.bytesCompiledAnew).toBeLessThan(8_000);
  expect(caches).not.toEqual([]);
});
