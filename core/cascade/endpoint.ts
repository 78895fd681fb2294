import { type Clock, errorText, parseJson, shortened, sleep } from '../base/index.ts';
import {
  type Authenticated,
  HttpError,
  type HttpPort,
  type HttpResponse,
  readText,
} from '../model/index.ts';
import { CascadeError, type CascadePart } from './cascadeError.ts';

const CONNECT_TIMEOUT_MS = 5_000;
/** Together with connecting and repeating; nobody waits longer for an answer in a conversation. */
const ANSWER_WITHIN_MS = 20_000;
const IDLE_TIMEOUT_MS = 10_000;
const MAX_ERROR_BYTES = 64 * 1024;
const MAX_REASON_CHARS = 300;

/** Where a provider's sound is made, or understood, and how it is asked. */
export type SpeechEndpoint = {
  /** How people know the provider. */
  readonly name: string;
  /** Where it is; waits for one that has to start. */
  readonly address: () => Promise<{
    readonly baseUrl: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly queryParams: Readonly<Record<string, string>>;
  }>;
  readonly authenticated: Authenticated;
  readonly maxRetries: number;
  /** Takes out of an error whatever nobody may see. */
  readonly hideSecrets: (error: unknown) => void;
};

export type EndpointPorts = {
  readonly http: HttpPort;
  readonly clock: Clock;
  /** Who asks. */
  readonly headers: Readonly<Record<string, string>>;
};

export type EndpointRequest = {
  /** Below the provider's address. */
  readonly path: string;
  readonly contentType: string;
  readonly body: string | Uint8Array;
  readonly signal: AbortSignal;
};

/** An answer that is being read. */
export type Exchange = {
  readonly response: HttpResponse;
  /** What was asked for has begun to come, and may take its time from now on. */
  readonly begun: () => void;
  /** Why reading it failed, as people are told. */
  readonly fault: (error: unknown) => CascadeError;
  readonly close: () => void;
};

/** The server answered, and not with what was asked for. */
class StatusError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Posts to one part of a cascade; all that fails is told as a CascadeError of it. */
export class Endpoint {
  readonly #part: CascadePart;
  readonly #endpoint: SpeechEndpoint;
  readonly #ports: EndpointPorts;

  constructor(part: CascadePart, endpoint: SpeechEndpoint, ports: EndpointPorts) {
    this.#part = part;
    this.#endpoint = endpoint;
    this.#ports = ports;
  }

  /**
   * Posts, and again where the server was not reached or is in trouble. A deadline runs until the caller
   * says that the answer has begun. Whoever opens an exchange closes it.
   */
  async open(request: EndpointRequest): Promise<Exchange> {
    const late = new AbortController();
    const timer = this.#ports.clock.after(ANSWER_WITHIN_MS, () => {
      late.abort();
    });
    const fault = (error: unknown): CascadeError => this.#fault(error, late.signal.aborted);
    try {
      const signal = AbortSignal.any([request.signal, late.signal]);
      const response = await this.#answered({ ...request, signal });
      return {
        response,
        begun: () => {
          timer.cancel();
        },
        fault,
        close: () => {
          timer.cancel();
          response.discard();
        },
      };
    } catch (error) {
      timer.cancel();
      throw fault(error);
    }
  }

  #fault(error: unknown, isLate: boolean): CascadeError {
    const what = isLate ? LATE : errorText(error);
    const fault = new CascadeError(this.#part, `${this.#endpoint.name}: ${what}`, { cause: error });
    this.#endpoint.hideSecrets(fault);
    return fault;
  }

  async #answered(request: EndpointRequest): Promise<HttpResponse> {
    const { maxRetries } = this.#endpoint;
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await this.#once(request);
      } catch (error) {
        if (attempt >= maxRetries || request.signal.aborted || !mayPass(error)) throw error;
      }
      await sleep(this.#ports.clock, retryDelayMs(attempt), request.signal);
    }
  }

  async #once({ path, contentType, body, signal }: EndpointRequest): Promise<HttpResponse> {
    const { address, authenticated } = this.#endpoint;
    const { baseUrl, headers, queryParams } = await address();
    const url = new URL(`${baseUrl.replace(/\/+$/u, '')}${path}`);
    for (const [name, value] of Object.entries(queryParams)) url.searchParams.set(name, value);
    return authenticated({
      signal,
      isRefusal: (error) => error instanceof StatusError && error.status === 401,
      send: async (key) => {
        const response = await this.#ports.http.send({
          method: 'POST',
          url,
          headers: { ...this.#ports.headers, ...headers, ...key, 'content-type': contentType },
          body,
          connectTimeoutMs: CONNECT_TIMEOUT_MS,
          headersTimeoutMs: ANSWER_WITHIN_MS,
          idleTimeoutMs: IDLE_TIMEOUT_MS,
          signal,
        });
        if (response.status >= 200 && response.status < 300) return response;
        const { text } = await readText(response, MAX_ERROR_BYTES);
        const reason = reasonOf(text);
        const words = reason === '' ? '' : `: ${reason}`;
        throw new StatusError(response.status, `answered with status ${response.status}${words}`);
      },
    });
  }
}

const LATE = `no answer within ${ANSWER_WITHIN_MS / 1000} seconds`;

/** 0.2, 0.4, 0.8 s and so on. */
const retryDelayMs = (attempt: number): number => 200 * 2 ** attempt;

function mayPass(error: unknown): boolean {
  if (error instanceof StatusError) return error.status >= 500 || error.status === 429;
  return (
    error instanceof HttpError &&
    (error.failure === 'unreachable' ||
      error.failure === 'connectTimeout' ||
      error.failure === 'broken')
  );
}

/** What a server says of its refusal: OpenAI's form, FastAPI's, or plain words; a page says nothing. */
function reasonOf(text: string): string {
  if (text.trimStart().startsWith('<')) return '';
  const json = parseJson(text);
  const reason = 'problem' in json ? text : messageIn(json.value);
  return shortened(reason.trim().replaceAll(/\s+/gu, ' '), MAX_REASON_CHARS);
}

function messageIn(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return '';
  const fields: Readonly<Record<string, unknown>> = { ...value };
  const inner = ['error', 'message', 'detail', 'msg'].find((name) => name in fields);
  if (inner !== undefined) return messageIn(fields[inner]);
  return Array.isArray(value) ? messageIn(value[0]) : '';
}
