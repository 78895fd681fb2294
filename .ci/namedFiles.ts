import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Documents that speak of what is there now; the change log speaks of what was. */
const DOCUMENTS = '{*.md,{app,core,docs,e2e,main,realtime}/**/*.md}';
const HISTORY = 'CHANGELOG.md';

/** A file of ours as documents spell it: `folder/name.ts` from the top, and tests by their path always. */
const NAMED_FILE =
  /`(?<file>[\w.-]+(?:\/[\w.-]+)+\.(?:tsx?|[cm]js)|[\w-]+\.(?:test|spec)\.tsx?)`/gu;

/** The source and test files a text names, in order. */
export function namedFiles(text: string): readonly string[] {
  return Array.from(text.matchAll(NAMED_FILE), ({ groups }) => groups?.['file'] ?? '');
}

/** Files that the documents below `root` name and that are not there, one line each. */
export function findMissingFiles(root: string): readonly string[] {
  return globSync(DOCUMENTS, { cwd: root, exclude: (name) => name === 'node_modules' })
    .filter((document) => document !== HISTORY)
    .toSorted()
    .flatMap((document) =>
      namedFiles(readFileSync(join(root, document), 'utf8'))
        .filter((file) => !existsSync(join(root, file)))
        .map((file) => `${document} names ${file}, which is not there`),
    );
}
