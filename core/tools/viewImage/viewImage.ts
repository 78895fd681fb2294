import { resolve } from 'node:path';

import { errorText, hasCode } from '../../base/index.ts';
import type { ToolOutput } from '../../model/index.ts';
import type { ToolContext } from '../contract.ts';
import { FileJudge, readState, realLocation } from '../fileChanges/index.ts';

/** Every request of the turn carries it again. */
const MAX_IMAGE_BYTES = 10 * 1024 * 1024;

/** A picture as the model takes it, or one sentence on why there is none. */
export async function viewImage(
  path: string,
  { environment, permissions, startItem, callId }: ViewContext,
): Promise<ToolOutput> {
  if (environment === undefined) return 'There is no folder to work in.';
  const whole = resolve(environment.cwd, path);
  const bytes = await readPicture(whole, permissions);
  if (typeof bytes === 'string') return bytes;
  const mediaType = mediaTypeOf(bytes);
  if (mediaType === undefined) {
    return `unable to read image at \`${whole}\`: it is no PNG, JPEG, GIF or WebP picture`;
  }
  const item = { type: 'imageView', id: callId, path: whole } as const;
  startItem(item).complete(item);
  const image_url = `data:${mediaType};base64,${bytes.toString('base64')}`;
  return [{ type: 'input_image', image_url, detail: 'high' }];
}

type ViewContext = Pick<ToolContext, 'environment' | 'permissions' | 'startItem' | 'callId'>;

async function readPicture(
  path: string,
  permissions: ToolContext['permissions'],
): Promise<Buffer | string> {
  const cannot = (why: string): string => `unable to read image at \`${path}\`: ${why}`;
  try {
    const at = await realLocation(path);
    const judge = await FileJudge.of(permissions().files);
    // Before it is opened: what may not be read is not even known to be there.
    if (!judge.isReadable({ path, at })) return cannot('Permission denied (os error 13)');
    const state = await readState(at);
    if (state?.kind !== 'file') {
      return `unable to locate image at \`${path}\`: No such file or directory (os error 2)`;
    }
    if (state.bytes.length === 0) return cannot('it is empty');
    return state.bytes.length > MAX_IMAGE_BYTES ? cannot('it is larger than 10 MiB') : state.bytes;
  } catch (error) {
    return cannot(hasCode(error, 'EACCES') ? 'Permission denied (os error 13)' : errorText(error));
  }
}

/** By what it begins with: names lie, and a model refuses the whole request for one. */
function mediaTypeOf(bytes: Buffer): string | undefined {
  const head = bytes.toString('latin1', 0, 12);
  if (head.startsWith('\u0089PNG\r\n\u001A\n')) return 'image/png';
  if (head.startsWith('\u00FF\u00D8\u00FF')) return 'image/jpeg';
  if (/^GIF8[79]a/u.test(head)) return 'image/gif';
  return /^RIFF[\s\S]{4}WEBP/u.test(head) ? 'image/webp' : undefined;
}
