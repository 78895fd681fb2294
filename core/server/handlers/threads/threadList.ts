import { isThreadId, RpcErrorCode, type ThreadListParams } from '../../../protocol/index.ts';
import { invalidRequest, RpcError } from '../../../rpc/index.ts';
import type { ThreadListQuery } from '../../../store/index.ts';
import { describeRow } from '../../threads/index.ts';
import type { Services } from '../../services.ts';
import type { Handlers } from '../handler.ts';
import { refuse } from './opening.ts';

type ThreadListHandlers = Pick<Handlers, 'thread/list'>;

const DEFAULT_PAGE_ROWS = 50;
const MAX_PAGE_ROWS = 100;
const MAX_LISTED_IDS = 100;

/** The threads there are, in pages (app-server §5). */
export function threadListHandlers({ store, threads, options }: Services): ThreadListHandlers {
  return {
    'thread/list': async (params) => {
      const query = queryOf(params);
      const page =
        query === undefined
          ? { rows: [], nextCursor: null, backwardsCursor: null }
          : await store.list(query).catch(refuse);
      const { rows, ...cursors } = page;
      const data = rows.map((row) => describeRow(row, threads.find(row.id), options.version));
      return { result: { data, readStates: null, ...cursors } };
    },
  };
}

/** undefined where it asks for something that no thread of ours has. */
function queryOf(params: ThreadListParams): ThreadListQuery | undefined {
  const { sortKey, sortDirection, cursor, searchTerm, archived, cwd } = params;
  checkFilters(params);
  if (isForeign(params)) return undefined;
  return {
    limit: pageRows(params.limit),
    sortKey: (sortKey ?? 'created_at') === 'created_at' ? 'created_at' : 'updated_at',
    sortDirection: sortDirection ?? 'desc',
    isArchived: archived ?? false,
    ...(typeof cursor === 'string' && { cursor }),
    ...(typeof searchTerm === 'string' && { searchTerm }),
    ...(isFilled(params.modelProviders) && { modelProviders: params.modelProviders }),
    ...(isFilled(params.sourceKinds) && { sources: params.sourceKinds }),
    ...(cwd !== undefined && cwd !== null && { cwds: [cwd].flat() }),
    ...(isFilled(params.excludedThreadIds) && { excludedIds: params.excludedThreadIds }),
    ...(Array.isArray(params.includedThreadIds) && { includedIds: params.includedThreadIds }),
  };
}

export const pageRows = (limit: number | null | undefined): number =>
  Math.min(Math.max(1, limit ?? DEFAULT_PAGE_ROWS), MAX_PAGE_ROWS);

/** Threads of ours have no parent, section or project. */
function isForeign(params: ThreadListParams): boolean {
  const { parentThreadId, ancestorThreadId, attachedToThreadId, sectionId } = params;
  return [parentThreadId, ancestorThreadId, attachedToThreadId, sectionId].some(
    (id) => typeof id === 'string',
  );
}

function checkFilters(params: ThreadListParams): void {
  if (params.sortKey === 'section_position' && typeof params.sectionId !== 'string') {
    throw invalidRequest('section-position sorting requires a section filter');
  }
  if (typeof params.parentThreadId === 'string' && typeof params.ancestorThreadId === 'string') {
    throw invalidRequest('parentThreadId and ancestorThreadId are mutually exclusive');
  }
  if (isFilled(params.originators)) {
    throw invalidParams('originator filtering is not supported by the local app-server');
  }
  if (typeof params.projectId === 'string') {
    throw invalidParams(`project not found: ${params.projectId}`);
  }
  checkIds('excluded', params.excludedThreadIds);
  checkIds('included', params.includedThreadIds);
}

function checkIds(what: string, ids: readonly string[] | null | undefined): void {
  if ((ids?.length ?? 0) > MAX_LISTED_IDS) {
    throw invalidParams(`at most ${MAX_LISTED_IDS} ${what} thread ids may be given`);
  }
  const bad = ids?.find((id) => !isThreadId(id));
  if (bad !== undefined) throw invalidParams(`invalid ${what} thread id: ${bad} is not a UUID`);
}

function isFilled<Value>(list: readonly Value[] | null | undefined): list is readonly Value[] {
  return (list?.length ?? 0) > 0;
}

const invalidParams = (message: string): RpcError =>
  new RpcError(RpcErrorCode.invalidParams, message);
