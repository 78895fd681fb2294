import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import * as z from 'zod';

const Manifest = z.object({
  name: z.string(),
  version: z.string(),
  license: z.string().optional(),
  dependencies: z.record(z.string(), z.string()).optional(),
});

const LICENCE_FILE = /^(?:licen[cs]e|copying|notice)(?:[.-].*)?$/i;
const PACKAGE_FOLDER = /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/;
const RULE = '-'.repeat(80);

/** The folder of the package a module belongs to, or nothing for a module of ours. */
export function packageFolderOf(moduleId: string): string | undefined {
  return PACKAGE_FOLDER.exec(moduleId.replaceAll('\\', '/').replace(/^\0/, ''))?.[0];
}

/** Terms of what is compiled into a package and not told in its own files, by the package's name. */
const COMPILED_IN = join('.ci', 'build', 'licences');

function noticeOf(root: string, folder: string): string | undefined {
  const manifestFile = join(folder, 'package.json');
  if (!existsSync(manifestFile)) return undefined;
  const { name, version, license } = Manifest.parse(JSON.parse(readFileSync(manifestFile, 'utf8')));
  const texts = readdirSync(folder)
    .filter((file) => LICENCE_FILE.test(file))
    .toSorted()
    .map((file) => readFileSync(join(folder, file), 'utf8').replaceAll('\r\n', '\n').trim());
  const compiledIn = join(root, COMPILED_IN, `${name}.txt`);
  if (existsSync(compiledIn)) texts.push(readFileSync(compiledIn, 'utf8').trim());
  const words = texts.length > 0 ? texts.join('\n\n') : 'The package carries no licence file.';
  return `${name} ${version}\nLicence: ${license ?? 'see below'}\n\n${words}\n`;
}

/**
 * The notices of everything that ships: each package with a module in the bundle, and each runtime
 * dependency of package.json, which is shipped as it is. One entry per package and version, by name.
 */
export function collectNotices(root: string, moduleIds: Iterable<string>): string {
  const folders = new Set<string>();
  for (const id of moduleIds) {
    const folder = packageFolderOf(id);
    if (folder !== undefined) folders.add(folder);
  }
  const manifest = Manifest.parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')));
  for (const name of Object.keys(manifest.dependencies ?? {})) {
    folders.add(join(root, 'node_modules', name));
  }
  const notices = new Set<string>();
  for (const folder of folders) {
    const notice = noticeOf(root, folder);
    if (notice !== undefined) notices.add(notice);
  }
  const head = 'Parley contains the following third-party software.\n';
  return [head, ...[...notices].toSorted()].join(`\n${RULE}\n`);
}
