import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';

import { hasCode } from '../base/index.ts';
import { syncFolder, writeFileAtomic } from '../platform/index.ts';

/** Pictures and their like, by the hash of their bytes. */
export type AttachedBytes = ReadonlyMap<string, Buffer>;

/** Shorter data stays in its line, where it is quicker to read than a file. */
const MIN_DATA_CHARACTERS = 4096;

const DATA = '"data:';
/** The head of an address of data: its type, and parameters that one may have (RFC 2397). */
const HEAD = /^data:(?<mediaType>[\w.+-]+\/[\w.+-]+)(?:;[\w.+-]+(?:=[\w.+-]+)?)*,/u;
const LONGEST_HEAD = 200;
const MARK = '"parley-';
/** To the bytes of a picture, by their type, or to an address that has to be kept as it was written. */
const REFERENCE = /"(parley-(?:file:([\da-f]{64});([\w.+-]+\/[\w.+-]+)|address:([\da-f]{64})))"/gu;

/** One transparent pixel, in the place of a picture that is gone: the conversation goes on without it. */
const GONE =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==';

/**
 * A line of JSON in which large addresses of data (`data:image/png;base64,…`) have become references,
 * and what they held. Only what comes back letter by letter is taken out.
 */
export function setAside(line: string): {
  readonly line: string;
  readonly attached: AttachedBytes;
} {
  const attached = new Map<string, Buffer>();
  const plain = withoutReferences(line, attached);
  if (plain.length < MIN_DATA_CHARACTERS) return { line: plain, attached };
  let taken = '';
  let rest = 0;
  for (let quote = plain.indexOf(DATA); quote >= 0; quote = plain.indexOf(DATA, quote + 1)) {
    const end = plain.indexOf('"', quote + 1);
    const reference = end < 0 ? undefined : asReference(plain.slice(quote + 1, end), attached);
    if (reference === undefined) continue;
    taken += plain.slice(rest, quote + 1) + reference;
    rest = end;
  }
  return { line: taken + plain.slice(rest), attached };
}

/** Somebody's own words that read like a reference would come back as what that refers to. */
function withoutReferences(line: string, attached: Map<string, Buffer>): string {
  if (!line.includes(MARK)) return line;
  return line.replaceAll(REFERENCE, (_match, words: string) => `"${asWritten(words, attached)}"`);
}

function asReference(address: string, attached: Map<string, Buffer>): string | undefined {
  const head = HEAD.exec(address.slice(0, LONGEST_HEAD));
  // A backslash in front of the quote: the string goes on behind it.
  if (address.length < MIN_DATA_CHARACTERS || head === null || address.endsWith('\\')) {
    return undefined;
  }
  const mediaType = head.groups?.['mediaType'] ?? '';
  const bytes = Buffer.from(address.slice(head[0].length), 'base64');
  // Without padding, in lines, percent-encoded: not to be had again from the bytes.
  return addressOf(mediaType, bytes) === address
    ? `parley-file:${kept(bytes, attached)};${mediaType}`
    : asWritten(address, attached);
}

const asWritten = (text: string, attached: Map<string, Buffer>): string =>
  `parley-address:${kept(Buffer.from(text, 'utf8'), attached)}`;

function kept(content: Buffer, attached: Map<string, Buffer>): string {
  const hash = hashOf(content);
  attached.set(hash, content);
  return hash;
}

const addressOf = (mediaType: string, bytes: Buffer): string =>
  `data:${mediaType};base64,${bytes.toString('base64')}`;

/** The files that pictures of all threads lie in, each named by the hash of its bytes. */
export class Attachments {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Resolves when they would survive a power cut. */
  async keep(attached: AttachedBytes): Promise<void> {
    let hasNew = false;
    for (const [hash, bytes] of attached) {
      if (await this.#isThere(hash, bytes.byteLength)) continue;
      await writeFileAtomic(this.#pathOf(hash), bytes);
      hasNew = true;
    }
    if (hasNew) await syncFolder(this.#folder);
  }

  /**
   * The line as it was before `setAside`; what is gone or was changed is told and stands for nothing. In the same step,
   * since lines are read one by one, by whoever looks at them.
   */
  putBack(line: string, onGone: (path: string) => void): string {
    if (!line.includes(MARK)) return line;
    return line.replaceAll(REFERENCE, (_match, _words, hash, mediaType, addressHash) => {
      const name = String(hash ?? addressHash);
      const bytes = this.#read(name);
      if (bytes === undefined) {
        onGone(this.#pathOf(name));
        return `"${GONE}"`;
      }
      return `"${typeof mediaType === 'string' ? addressOf(mediaType, bytes) : bytes.toString('utf8')}"`;
    });
  }

  async #isThere(hash: string, sizeBytes: number): Promise<boolean> {
    try {
      return (await stat(this.#pathOf(hash))).size === sizeBytes;
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return false;
      throw error;
    }
  }

  #read(hash: string): Buffer | undefined {
    try {
      const bytes = readFileSync(this.#pathOf(hash));
      return hashOf(bytes) === hash ? bytes : undefined;
    } catch {
      return undefined;
    }
  }

  #pathOf(hash: string): string {
    return join(this.#folder, hash);
  }
}

const hashOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
