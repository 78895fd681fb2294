import type { ServerResponse } from 'node:http';

import type { HttpRoute, RouteMatch } from '../../../realtime/server/index.ts';
import { itemForWire } from '../../model/index.ts';
import { sendError, sendJson, sendNotFound } from './http.ts';
import type { ResponseStore, StoredResponse } from './responseStore.ts';

const PATH = '/v1/responses/:id';
const DEFAULT_PAGE = 20;
const MAX_PAGE = 100;

/** What can be done with a response that was kept: read it, list what it was asked, delete it. */
export function storedRoutes(store: ResponseStore): readonly HttpRoute[] {
  return [
    {
      method: 'GET',
      path: PATH,
      handle: (_request, response, at) => {
        if (at.url.searchParams.get('stream') === 'true') {
          refuse(response, 'stream', 'this server streams a response once, while it is made');
          return;
        }
        withStored(store, response, at, (stored) => {
          sendJson(response, 200, stored.response);
        });
      },
    },
    {
      method: 'DELETE',
      path: PATH,
      handle: (_request, response, at) => {
        withStored(store, response, at, ({ response: { id } }) => {
          store.delete(id);
          sendJson(response, 200, { id, object: 'response', deleted: true });
        });
      },
    },
    {
      method: 'GET',
      path: `${PATH}/input_items`,
      handle: (_request, response, at) => {
        withStored(store, response, at, (stored) => {
          listInput(store, stored, response, at.url);
        });
      },
    },
  ];
}

function withStored(
  store: ResponseStore,
  response: ServerResponse,
  { params }: RouteMatch,
  use: (stored: StoredResponse) => void,
): void {
  const { id = '' } = params;
  const stored = store.get(id);
  if (stored !== undefined) {
    use(stored);
    return;
  }
  sendNotFound(response, `Response with id '${id.slice(0, 80)}' not found.`, 'response_not_found');
}

/** All that a response was made from, in pages; the newest first unless told. */
function listInput(
  store: ResponseStore,
  { input, previousId }: StoredResponse,
  response: ServerResponse,
  { searchParams }: URL,
): void {
  const limit = Number(searchParams.get('limit') ?? DEFAULT_PAGE);
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_PAGE) {
    refuse(response, 'limit', `it has to be a whole number from 1 to ${MAX_PAGE}`);
    return;
  }
  const order = searchParams.get('order') ?? 'desc';
  if (order !== 'asc' && order !== 'desc') {
    refuse(response, 'order', "it has to be 'asc' or 'desc'");
    return;
  }
  const before = previousId === undefined ? [] : (store.conversation(previousId) ?? []);
  const items = [...before, ...input].map(itemForWire);
  const ordered = order === 'asc' ? items : items.toReversed();
  const after = searchParams.get('after');
  const start = after === null ? 0 : ordered.findIndex(({ id }) => id === after) + 1;
  const data = ordered.slice(start, start + limit);
  sendJson(response, 200, {
    object: 'list',
    data,
    first_id: data[0]?.['id'] ?? null,
    last_id: data.at(-1)?.['id'] ?? null,
    has_more: start + limit < ordered.length,
  });
}

function refuse(response: ServerResponse, param: string, problem: string): void {
  const message = `The parameter '${param}' is not valid: ${problem}.`;
  const type = 'invalid_request_error';
  sendError(response, { status: 400, message, type, param, code: 'invalid_value' });
}
