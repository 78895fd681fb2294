import { readFile, stat } from 'node:fs/promises';
import { basename, extname, resolve } from 'node:path';

import { errorText, ProductError } from '../../../base/index.ts';
import { type ResponseItem, textMessage } from '../../../model/index.ts';
import type { UserInput } from '../../../protocol/index.ts';
import type { TurnInput } from '../task.ts';

/** Something the user handed in cannot be given to the model. */
class UserInputError extends ProductError {
  readonly code = 'userInput';
  readonly retryable = false;
}

const IMAGE_TYPES: ReadonlyMap<string, string> = new Map([
  ['.png', 'image/png'],
  ['.jpg', 'image/jpeg'],
  ['.jpeg', 'image/jpeg'],
  ['.gif', 'image/gif'],
  ['.webp', 'image/webp'],
]);
const MAX_IMAGE_BYTES = 20 * 1024 * 1024;

type ContentPart = { readonly type: string } & Readonly<Record<string, string>>;

/**
 * The message the model gets for one input of the user; paths that are not absolute are below `cwd`.
 * Throws `UserInputError` naming the file.
 */
export async function userMessage(
  { input, modelText }: Pick<TurnInput, 'input' | 'modelText'>,
  cwd: string,
): Promise<ResponseItem> {
  if (modelText !== undefined) return textMessage('user', modelText);
  const parts = await Promise.all(input.map(async (part) => contentParts(part, cwd)));
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- built from the known part types below
  return { type: 'message', role: 'user', content: parts.flat() } as ResponseItem;
}

async function contentParts(part: UserInput, cwd: string): Promise<readonly ContentPart[]> {
  switch (part.type) {
    case 'text':
      return [{ type: 'input_text', text: part.text }];
    case 'image':
      return [
        { type: 'input_image', image_url: checkedUrl(part.url), detail: part.detail ?? 'auto' },
      ];
    case 'localImage': {
      const path = resolve(cwd, part.path);
      return [
        { type: 'input_text', text: `<image name=${JSON.stringify(basename(path))}>` },
        { type: 'input_image', image_url: await dataUrl(path), detail: 'high' },
        { type: 'input_text', text: '</image>' },
      ];
    }
  }
}

const TYPES = Array.from(new Set(IMAGE_TYPES.values()), (type) => type.replace('image/', ''));
const DATA_URL = new RegExp(
  `^data:image/(?:${TYPES.join('|')});base64,[A-Za-z0-9+/]+={0,2}$`,
  'iu',
);

function checkedUrl(url: string): string {
  if (!DATA_URL.test(url)) {
    throw new UserInputError(
      `An image handed over as a data URL must be base64 and one of ${TYPES.join(', ')}`,
    );
  }
  const bytes = Math.floor(((url.length - url.indexOf(',') - 1) * 3) / 4);
  if (bytes > MAX_IMAGE_BYTES) throw new UserInputError('An image is larger than 20 MB');
  return url;
}

async function dataUrl(path: string): Promise<string> {
  const mediaType = IMAGE_TYPES.get(extname(path).toLowerCase());
  if (mediaType === undefined) {
    throw new UserInputError(`${path} is not an image the model can read (${TYPES.join(', ')})`);
  }
  try {
    const facts = await stat(path);
    if (!facts.isFile()) throw new UserInputError(`${path} is not a file`);
    // Before it is read, because what is far too large should not be in memory at all.
    if (facts.size > MAX_IMAGE_BYTES) {
      throw new UserInputError(`The image ${path} is larger than 20 MB`);
    }
    const bytes = await readFile(path);
    if (bytes.length === 0) throw new UserInputError(`The image ${path} is empty`);
    return `data:${mediaType};base64,${bytes.toString('base64')}`;
  } catch (error) {
    if (error instanceof UserInputError) throw error;
    throw new UserInputError(`Cannot read the image ${path}: ${errorText(error)}`, {
      cause: error,
    });
  }
}
