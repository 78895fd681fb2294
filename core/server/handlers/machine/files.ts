import { getSystemErrorMessage } from 'node:util';

import {
  copyPath,
  createFolder,
  describePath,
  FileRefusal,
  readFolder,
  readWholeFile,
  removePath,
  searchFiles,
  writeWholeFile,
} from '../../../files/index.ts';
import { RpcErrorCode } from '../../../protocol/index.ts';
import { invalidRequest, RpcError } from '../../../rpc/index.ts';
import type { Client } from '../../subscriptions.ts';
import type { Answered, Handlers } from '../handler.ts';
import { bytesOf, checkOwner, refusing } from '../params.ts';

type FileHandlers = Pick<
  Handlers,
  | 'fs/readFile'
  | 'fs/writeFile'
  | 'fs/createDirectory'
  | 'fs/getMetadata'
  | 'fs/readDirectory'
  | 'fs/remove'
  | 'fs/copy'
  | 'fuzzyFileSearch'
>;

/** The files of this machine, for clients of the person whose they are; no sandbox applies (app-server §12). */
export function fileHandlers(): FileHandlers {
  const searchesOf = new WeakMap<Client, Map<string, AbortController>>();
  return {
    'fs/readFile': async ({ path }, client) => {
      checkOwner(client, 'fs/readFile');
      const bytes = await refusing(readWholeFile(path), asRefusal);
      return { result: { dataBase64: bytes.toString('base64') } };
    },

    'fs/writeFile': async ({ path, dataBase64 }, client) => {
      checkOwner(client, 'fs/writeFile');
      return done(writeWholeFile(path, bytesOf(dataBase64, 'dataBase64')));
    },

    'fs/createDirectory': async ({ path, recursive }, client) => {
      checkOwner(client, 'fs/createDirectory');
      return done(createFolder(path, recursive ?? true));
    },

    'fs/getMetadata': async ({ path }, client) => {
      checkOwner(client, 'fs/getMetadata');
      return { result: await refusing(describePath(path), asRefusal) };
    },

    'fs/readDirectory': async ({ path }, client) => {
      checkOwner(client, 'fs/readDirectory');
      return { result: { entries: await refusing(readFolder(path), asRefusal) } };
    },

    'fs/remove': async ({ path, recursive, force }, client) => {
      checkOwner(client, 'fs/remove');
      return done(removePath(path, { isRecursive: recursive ?? true, isForced: force ?? true }));
    },

    'fs/copy': async ({ sourcePath, destinationPath, recursive }, client) => {
      checkOwner(client, 'fs/copy');
      return done(copyPath(sourcePath, destinationPath, recursive === true));
    },

    fuzzyFileSearch: async ({ query, roots, cancellationToken }, client) => {
      checkOwner(client, 'fuzzyFileSearch');
      const search = new AbortController();
      const token = cancellationToken ?? undefined;
      const searches = searchesOf.get(client) ?? new Map<string, AbortController>();
      searchesOf.set(client, searches);
      if (token !== undefined) {
        searches.get(token)?.abort();
        searches.set(token, search);
      }
      try {
        return { result: { files: await searchFiles(query, roots, search.signal) } };
      } finally {
        if (token !== undefined && searches.get(token) === search) searches.delete(token);
      }
    },
  };
}

async function done(work: Promise<void>): Promise<Answered<Record<string, never>>> {
  await refusing(work, asRefusal);
  return { result: {} };
}

/** What the system refuses is told in its words, and is no failure of the engine's. */
function asRefusal(error: unknown): RpcError | undefined {
  if (error instanceof FileRefusal) return invalidRequest(error.message);
  if (!(error instanceof Error) || !('errno' in error) || typeof error.errno !== 'number') {
    return undefined;
  }
  // Node's own refusals of a copy carry the number of the system without its sign.
  const errno = -Math.abs(error.errno);
  return new RpcError(RpcErrorCode.internalError, getSystemErrorMessage(errno));
}
