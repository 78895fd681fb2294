import type { EventLine, JoinedLine } from '../../../realtime/server/index.ts';
import { parseJson, type Timer } from '../../base/index.ts';
import type { ResponseObject, ResponsesEvent } from './composer.ts';
import { type ApiError, type CreateRequest, readBody } from './requestBody.ts';
import { ResponseStore } from './responseStore.ts';
import { type RunListener, type RunPorts, runRequest } from './runRequest.ts';

/** What a connection remembers of its own, `store: false` included. */
const CONNECTION_LIMITS = { maxResponses: 100, maxBytes: 16 * 1024 * 1024 };
/** Requests that wait or run on one connection. */
const MAX_REQUESTS = 32;
const CONNECTION_LIMIT_MS = 60 * 60_000;
const MAX_LANE_CHARACTERS = 64;

/** A frame that asks for a response: its body, and the lane whose events name it. */
type CreateFrame = {
  readonly request: CreateRequest;
  readonly generate: boolean;
  readonly lane: string | undefined;
};

/**
 * One connection of the Responses API by WebSocket (responses §5.2): `response.create` frames come, the
 * events of a stream go. Requests of one lane (`stream_id`, or none) are answered one after the other.
 */
export class ResponsesSocket implements JoinedLine {
  readonly #ports: RunPorts;
  readonly #shared: ResponseStore;
  readonly #own: ResponseStore;
  readonly #line: EventLine;
  readonly #gone = new AbortController();
  readonly #lanes = new Map<string | undefined, Promise<void>>();
  readonly #limit: Timer;
  #requests = 0;

  constructor(ports: RunPorts, shared: ResponseStore, line: EventLine) {
    this.#ports = ports;
    this.#shared = shared;
    this.#own = new ResponseStore(CONNECTION_LIMITS, shared);
    this.#line = line;
    this.#limit = ports.clock.after(CONNECTION_LIMIT_MS, () => {
      const message =
        'The connection has reached its limit of 60 minutes. Open a new one to go on.';
      this.#fail(refusal('websocket_connection_limit_reached', message, null), undefined);
      line.close(1000, 'connection limit reached');
    });
  }

  receive(text: string | undefined): void {
    if (this.#gone.signal.aborted) return;
    const frame = text === undefined ? BINARY : readFrame(text);
    if ('error' in frame) {
      this.#fail(frame.error, frame.lane);
      return;
    }
    if (this.#requests >= MAX_REQUESTS) {
      const message = `${MAX_REQUESTS} requests wait on this connection already.`;
      const error = { ...refusal('too_many_requests', message, null), status: 429 };
      this.#fail(error, frame.lane);
      return;
    }
    this.#enqueue(frame);
  }

  left(): void {
    this.#limit.cancel();
    this.#gone.abort();
    this.#line.release();
  }

  #enqueue(frame: CreateFrame): void {
    const { lane } = frame;
    this.#requests += 1;
    const before = this.#lanes.get(lane) ?? Promise.resolve();
    const run = before
      .then(() => this.#run(frame))
      .finally(() => {
        this.#requests -= 1;
        if (this.#lanes.get(lane) === run) this.#lanes.delete(lane);
      });
    this.#lanes.set(lane, run);
  }

  async #run({ request, generate, lane }: CreateFrame): Promise<void> {
    if (this.#gone.signal.aborted) return;
    await runRequest(this.#ports, {
      request,
      generate,
      store: this.#own,
      signal: this.#gone.signal,
      listener: new SocketListener(this.#line, lane, () => {
        // As at OpenAI: what could not be gone on from is forgotten, unless it was kept for all.
        this.#own.delete(request.previousResponseId ?? '');
      }),
      keep: (stored) => {
        this.#own.add(stored);
        if (request.store) this.#shared.add(stored);
      },
    });
  }

  #fail(error: ApiError, lane: string | undefined): void {
    writeError(this.#line, error, lane);
  }
}

class SocketListener implements RunListener {
  readonly #line: EventLine;
  readonly #lane: string | undefined;
  readonly #onFailed: () => void;
  #hasBegun = false;

  constructor(line: EventLine, lane: string | undefined, onFailed: () => void) {
    this.#line = line;
    this.#lane = lane;
    this.#onFailed = onFailed;
  }

  async events(events: readonly ResponsesEvent[]): Promise<void> {
    this.#write(events);
    await this.#line.ready();
  }

  done(_response: ResponseObject, events: readonly ResponsesEvent[]): void {
    this.#write(events);
  }

  failed(error: ApiError, events: () => readonly ResponsesEvent[]): void {
    this.#onFailed();
    if (this.#hasBegun) this.#write(events());
    else writeError(this.#line, error, this.#lane);
  }

  async cut(): Promise<void> {
    this.#line.close(1011, 'cut by the script');
  }

  #write(events: readonly ResponsesEvent[]): void {
    this.#hasBegun = true;
    for (const event of events) writeEvent(this.#line, event, this.#lane);
  }
}

function writeError(
  line: EventLine,
  { status, ...error }: ApiError,
  lane: string | undefined,
): void {
  writeEvent(line, { type: 'error', status, error }, lane);
}

function writeEvent(line: EventLine, event: object, lane: string | undefined): void {
  line.write(JSON.stringify({ ...event, ...(lane !== undefined && { stream_id: lane }) }));
}

type Refused = { readonly error: ApiError; readonly lane?: string | undefined };

const BINARY: Refused = {
  error: refusal('invalid_json', 'Events are JSON in text frames.', null),
};

function readFrame(text: string): CreateFrame | Refused {
  const json = parseJson(text);
  if ('problem' in json) {
    return { error: refusal('invalid_json', `The event ${json.problem}.`, null) };
  }
  const { value } = json;
  if (typeof value !== 'object' || value === null || !('type' in value)) {
    return { error: refusal('missing_required_parameter', "The field 'type' is missing.", 'type') };
  }
  const { type } = value;
  const lane = 'stream_id' in value ? value.stream_id : undefined;
  if (lane !== undefined && (typeof lane !== 'string' || lane.length > MAX_LANE_CHARACTERS)) {
    const message = `The field 'stream_id' has to be a text of at most ${MAX_LANE_CHARACTERS} characters.`;
    return { error: refusal('invalid_value', message, 'stream_id') };
  }
  if (type !== 'response.create') {
    const message = "This server takes events of the type 'response.create' only.";
    return { error: refusal('invalid_value', message, 'type'), lane };
  }
  const body = readBody(value);
  if (body.kind === 'invalid') return { error: body.error, lane };
  const generate = !('generate' in value && value.generate === false);
  return { request: body.request, generate, lane };
}

function refusal(code: string, message: string, param: string | null): ApiError {
  return { status: 400, type: 'invalid_request_error', code, message, param };
}
