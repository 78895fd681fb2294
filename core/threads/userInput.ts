import { readFile } from 'node:fs/promises';
import { basename, extname } from 'node:path';

import { errorText, ProductError } from '../base/index.ts';
import type { ResponseItem } from '../model/index.ts';
import type { UserInput } from '../protocol/index.ts';

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

/** The message the model gets for one input of the user. Throws `UserInputError` naming the file. */
export async function userMessage(input: readonly UserInput[]): Promise<ResponseItem> {
  const content = (await Promise.all(input.map(contentParts))).flat();
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- built from the known part types below
  return { type: 'message', role: 'user', content } as ResponseItem;
}

async function contentParts(part: UserInput): Promise<readonly ContentPart[]> {
  switch (part.type) {
    case 'text':
      return [{ type: 'input_text', text: part.text }];
    case 'image':
      return [{ type: 'input_image', image_url: part.url, detail: part.detail ?? 'auto' }];
    default: {
      const name = basename(part.path);
      return [
        { type: 'input_text', text: `Image ${name}:` },
        { type: 'input_image', image_url: await dataUrl(part.path), detail: 'auto' },
      ];
    }
  }
}

async function dataUrl(path: string): Promise<string> {
  const mediaType = IMAGE_TYPES.get(extname(path).toLowerCase());
  if (mediaType === undefined) {
    throw new UserInputError(`${path} is not an image the model can read (png, jpeg, gif, webp)`);
  }
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    throw new UserInputError(`Cannot read the image ${path}: ${errorText(error)}`, {
      cause: error,
    });
  }
  if (bytes.length > MAX_IMAGE_BYTES) {
    throw new UserInputError(`The image ${path} is larger than 20 MB`);
  }
  return `data:${mediaType};base64,${bytes.toString('base64')}`;
}
