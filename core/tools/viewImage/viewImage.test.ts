import {
  mkdirSync,
  mkdtempDisposableSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import type { RestrictedFiles } from '../../permissions/index.ts';
import type { NewItem, ToolContext } from '../contract.ts';
import { viewImageTool } from './index.ts';

let folder: ReturnType<typeof mkdtempDisposableSync>;
let cwd: string;
beforeEach(() => {
  folder = mkdtempDisposableSync(join(tmpdir(), 'view-image-'));
  cwd = realpathSync(folder.path);
});
afterEach(() => {
  folder.remove();
});

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

async function view(path: string) {
  const items: NewItem[] = [];
  const files: RestrictedFiles = {
    kind: 'restricted',
    entries: [{ path: '/', access: 'read' }],
    denyGlobs: [join(cwd, '**/*.secret.png')],
    protectedPaths: [],
  };
  const context = {
    callId: 'c1',
    environment: { environmentId: 'local', cwd, runtimeWorkspaceRoots: [cwd] },
    permissions: () => ({ files, network: 'restricted' }),
    startItem: (item: NewItem) => {
      items.push(item);
      return { complete: (done: NewItem) => items.push(done) };
    },
  } as unknown as ToolContext;
  const output = await viewImageTool.run(JSON.stringify({ path }), context);
  return { output, items };
}

test('a picture is shown to the model as it is, whatever its name says, and people see which', async () => {
  writeFileSync(join(cwd, 'photo.jpg'), PNG);
  const { output, items } = await view('photo.jpg');

  expect(output).toEqual([
    {
      type: 'input_image',
      image_url: `data:image/png;base64,${PNG.toString('base64')}`,
      detail: 'high',
    },
  ]);
  const item = { type: 'imageView', id: 'c1', path: join(cwd, 'photo.jpg') };
  expect(items).toEqual([item, item]);
});

test.for([
  ['missing.png', 'unable to locate image at `CWD/missing.png`: No such file or directory'],
  ['folder', 'unable to read image at `CWD/folder`: Is a directory'],
  ['text.png', 'unable to read image at `CWD/text.png`: it is no PNG, JPEG, GIF or WebP picture'],
  ['empty.png', 'unable to read image at `CWD/empty.png`: it is empty'],
  ['large.png', 'unable to read image at `CWD/large.png`: it is larger than 10 MiB'],
  ['a.secret.png', 'unable to read image at `CWD/a.secret.png`: Permission denied'],
  ['link.png', 'unable to read image at `CWD/link.png`: Permission denied'],
  ['none.secret.png', 'unable to read image at `CWD/none.secret.png`: Permission denied'],
] as const)('%s is refused: %s', async ([name, words]) => {
  mkdirSync(join(cwd, 'folder'));
  writeFileSync(join(cwd, 'text.png'), 'hello');
  writeFileSync(join(cwd, 'empty.png'), '');
  writeFileSync(join(cwd, 'large.png'), Buffer.concat([PNG, Buffer.alloc(10 * 1024 * 1024)]));
  writeFileSync(join(cwd, 'a.secret.png'), PNG);
  symlinkSync('a.secret.png', join(cwd, 'link.png'));
  const { output, items } = await view(name);

  expect(output).toContain(words.replace('CWD', cwd));
  expect(items).toEqual([]);
});
