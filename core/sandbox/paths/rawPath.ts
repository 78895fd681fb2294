import { Buffer } from 'node:buffer';

declare const raw: unique symbol;

/**
 * The bytes of an absolute path, a character for each: names on Linux are bytes, and not all of them are text. As
 * strings they can be compared, cut and kept in maps.
 */
export type RawPath = string & { readonly [raw]: true };

export const rawPath = (text: string): RawPath => rawOf(Buffer.from(text, 'utf8'));

export function rawOf(bytes: Uint8Array): RawPath {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- this is the one place where they are made
  return Buffer.from(bytes).toString('latin1') as RawPath;
}

/** As the system is asked for it. */
export const bytesOf = (path: RawPath): Buffer => Buffer.from(path, 'latin1');

/** For people and patterns; what is no text in it is shown as such. */
export const textOf = (path: RawPath): string => bytesOf(path).toString('utf8');

/** What lies in a folder under this name. */
export function childOf(folder: RawPath, name: RawPath): RawPath {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- both parts are such
  return `${folder === '/' ? '' : folder}/${name}` as RawPath;
}

/** The folder that holds it; the root holds itself. */
export function parentOf(path: RawPath): RawPath {
  const end = path.lastIndexOf('/');
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a part of one
  return (end <= 0 ? '/' : path.slice(0, end)) as RawPath;
}

/** Whether a path is the folder or below it. */
export const isWithin = (path: RawPath, folder: RawPath): boolean =>
  folder === '/' || path === folder || path.startsWith(`${folder}/`);

/** How many names it has; the root has none. */
export const depthOf = (path: RawPath): number => (path === '/' ? 0 : path.split('/').length - 1);
