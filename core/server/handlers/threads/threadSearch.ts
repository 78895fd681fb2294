import {
  RpcErrorCode,
  type ThreadSearchParams,
  type ThreadSearchResult,
} from '../../../protocol/index.ts';
import { invalidRequest, RpcError } from '../../../rpc/index.ts';
import type { FoundThread, SearchListeners, ThreadSearchQuery } from '../../../store/index.ts';
import type { Services } from '../../services.ts';
import { describeRow } from '../../threads/index.ts';
import type { Handlers } from '../handler.ts';
import { readableThread, refuse, unsupported } from './opening.ts';
import { checkId } from '../params.ts';
import { pageRows } from './threadList.ts';

type ThreadSearchHandlers = Pick<
  Handlers,
  | 'thread/search'
  | 'thread/search/cancel'
  | 'thread/search/stream'
  | 'thread/search/stream/cancel'
  | 'thread/searchOccurrences'
>;

const MAX_STREAM_TERM_BYTES = 65_536;

/** What was said in threads, found again (app-server §5). */
export function threadSearchHandlers(services: Services): ThreadSearchHandlers {
  const { store, threads, options, searches } = services;
  const describe = ({ row, snippet }: FoundThread): ThreadSearchResult => ({
    thread: describeRow(row, threads.find(row.id), options.version),
    snippet,
  });
  const search = async (query: ThreadSearchQuery, listeners: SearchListeners) => {
    const { found, ...cursors } = await store.search(query, listeners).catch(refuse);
    return { result: { data: found.map(describe), ...cursors } };
  };

  return {
    'thread/search': async (params, client, _trace, id) => {
      const query = queryOf(params);
      return searches.run(client, { kind: 'plain', id }, async (signal) =>
        search(query, { signal }),
      );
    },

    'thread/search/stream': async (params, client, _trace, id) => {
      const query = queryOf(params);
      if (Buffer.byteLength(query.term) > MAX_STREAM_TERM_BYTES) {
        throw new RpcError(
          RpcErrorCode.invalidParams,
          `thread/search/stream searchTerm exceeds ${MAX_STREAM_TERM_BYTES} UTF-8 bytes`,
        );
      }
      const onFound = (found: readonly FoundThread[]): void => {
        // What this table knows as an id can be told; one that is larger still gets its answer.
        if (typeof id === 'bigint') return;
        client.notify('thread/search/partial', { requestId: id, data: found.map(describe) });
      };
      return searches.run(client, { kind: 'streamed', id }, async (signal) =>
        search(query, { signal, onFound }),
      );
    },

    // Both end it when they have answered, so that their answer comes first.
    'thread/search/cancel': ({ requestId }, client) => ({
      result: {},
      after: () => {
        searches.cancel(client, 'plain', requestId);
      },
    }),

    'thread/search/stream/cancel': ({ requestId }, client) => ({
      result: {},
      after: () => {
        searches.cancel(client, 'streamed', requestId);
      },
    }),

    'thread/searchOccurrences': async (params) => {
      checkId(params.threadId);
      if (params.searchTerm.trim() === '') throw termless('thread/searchOccurrences');
      const { thread, conversation } = await readableThread(services, params.threadId).catch(
        unsupported('thread/searchOccurrences'),
      );
      if (thread.ephemeral || conversation.length === 0) {
        unsupported('thread/searchOccurrences')();
      }
      const { occurrencesPage } = await import('./occurrencesPage.ts');
      return { result: occurrencesPage(params, conversation) };
    },
  };
}

function queryOf(params: ThreadSearchParams): ThreadSearchQuery {
  const { searchTerm, sortKey, sortDirection, cursor, archived, sourceKinds } = params;
  const term = searchTerm.trim();
  if (term === '') throw termless('thread/search');
  return {
    term,
    limit: pageRows(params.limit),
    sortKey: (sortKey ?? 'created_at') === 'created_at' ? 'created_at' : 'updated_at',
    sortDirection: sortDirection ?? 'desc',
    isArchived: archived ?? false,
    ...(typeof cursor === 'string' && { cursor }),
    ...(Array.isArray(sourceKinds) && sourceKinds.length > 0 && { sources: sourceKinds }),
  };
}

const termless = (method: string): Error =>
  invalidRequest(`${method} requires a non-empty searchTerm`);
