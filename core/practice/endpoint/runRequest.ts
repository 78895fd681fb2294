import { type Clock, errorText } from '../../base/index.ts';
import { itemForWire, itemIdOf, type ResponseItem } from '../../model/index.ts';
import type { TextModel } from '../model/index.ts';
import { ResponseComposer, type ResponsesEvent, type ResponseObject } from './composer.ts';
import { estimateTokens } from './outputItems.ts';
import type { ApiError, CreateRequest } from './requestBody.ts';
import { resolveInput, type ResponseStore, storedOutput } from './responseStore.ts';

export type RunPorts = {
  readonly model: TextModel;
  readonly clock: Clock;
  /** Makes a fresh id that begins with the prefix. */
  readonly newId: (prefix: string) => string;
};

/** Who follows a response. Until its first event, a failure can still be refused by its status. */
export interface RunListener {
  /** Resolves when more may come. */
  events(events: readonly ResponsesEvent[]): Promise<void>;
  /** The response has ended, and these were its last events. */
  done(response: ResponseObject, events: readonly ResponsesEvent[]): void;
  /** Refused before it began, or failed in the middle: then `events` say so. */
  failed(error: ApiError, events: () => readonly ResponsesEvent[]): void;
  /** The connection is to break off here. */
  cut(): Promise<void>;
}

export type Run = {
  readonly request: CreateRequest;
  /** False where nothing is to be said, and the response only to be gone on from. */
  readonly generate?: boolean;
  /** Where what the request refers to is looked up. */
  readonly store: ResponseStore;
  readonly listener: RunListener;
  /** The client has gone. */
  readonly signal: AbortSignal;
  /** Keeps a response that ended, for those who go on from it. */
  readonly keep?: (stored: Parameters<ResponseStore['add']>[0]) => void;
};

/** Has the model answer one request, and tells the listener. Never throws. */
export async function runRequest(ports: RunPorts, run: Run): Promise<void> {
  const { request, listener, signal } = run;
  const resolved = resolveInput(request, run.store);
  if (resolved.kind === 'missing') {
    listener.failed(resolved.error, () => []);
    return;
  }
  const { all } = resolved;
  const composer = new ResponseComposer({
    newId: ports.newId,
    nowMs: () => ports.clock.nowMs(),
    inputTokens: estimateTokens(request.instructions + JSON.stringify(all.map(itemForWire))),
    maxOutputTokens: request.maxOutputTokens,
    echo: request.echo,
  });
  const opening = composer.begin();
  const asked = { ...request, input: all };
  const fail = (error: ApiError): void => {
    listener.failed(error, () => [
      ...takeOpening(),
      ...composer.fail({ code: error.code ?? 'server_error', message: error.message }),
    ]);
  };
  // The opening goes out with the first event, so that a failure before it can have a status.
  const takeOpening = (): readonly ResponsesEvent[] => opening.splice(0);
  try {
    for await (const output of run.generate === false ? [] : ports.model.respond(asked, signal)) {
      if (signal.aborted) return;
      if (output.type === 'cut') {
        await listener.cut();
        return;
      }
      if (output.type === 'fail') {
        const { status, message, code, param = null } = output;
        const type = status < 500 ? 'invalid_request_error' : 'server_error';
        fail({ status, message, type, param, code });
        return;
      }
      const events = composer.add(output);
      if (events.length > 0) await listener.events([...takeOpening(), ...events]);
      if (composer.isFull) break;
    }
  } catch (error) {
    if (signal.aborted) return;
    const message = `The practice model failed: ${errorText(error)}`;
    fail({ status: 500, message, type: 'server_error', param: null, code: 'server_error' });
    return;
  }
  if (signal.aborted) return;
  const { response, events } = composer.complete();
  run.keep?.({
    response,
    input: withIds(resolved.input, ports.newId),
    output: storedOutput(composer.output),
    previousId: request.previousResponseId,
  });
  listener.done(response, [...takeOpening(), ...events]);
}

/** Items of a request have an id of their own once they are stored. */
function withIds(
  items: readonly ResponseItem[],
  newId: (prefix: string) => string,
): readonly ResponseItem[] {
  return items.map((item) => {
    if (itemIdOf(item) !== undefined || item.type === 'unknownItem') return item;
    return { ...item, id: newId(ID_PREFIXES[item.type]) };
  });
}

const ID_PREFIXES = {
  message: 'msg',
  reasoning: 'rs',
  function_call: 'fc',
  function_call_output: 'fco',
  custom_tool_call: 'ctc',
  custom_tool_call_output: 'ctco',
} as const satisfies Partial<Record<ResponseItem['type'], string>>;
