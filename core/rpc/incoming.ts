import { parseJson, withoutByteOrderMark } from '../base/index.ts';
import { type JsonRpcMessage, RpcErrorCode, type WireId } from '../protocol/index.ts';
import { readEnvelope } from './envelope.ts';
import { integerIn, withExactId } from './exactId.ts';

/** What one message may take, on every wire: a large picture fits, a film does not. */
export const MAX_MESSAGE_BYTES = 32 * 1024 * 1024;

/** Why a message above the limit is passed over; follows a subject, as what `parseJson` says does. */
export const TOO_LARGE = 'is larger than 32 MiB';

/** As much of a message as is looked at for the id of a request that cannot be read. */
const HEAD_CHARACTERS = 1_024;

/** The id among the first members of a request, where every known client writes it. */
const ID =
  /^\s*\{\s*(?:"(?:jsonrpc|method)"\s*:\s*"(?:[^"\\]|\\.)*"\s*,\s*)*"id"\s*:\s*(?<id>"(?:[^"\\]|\\.)*"|-?\d{1,19})\s*[,}]/u;

export type RefusedText = {
  readonly kind: 'refused';
  readonly problem: string;
  /** What to send back; absent when nothing can be told to anybody. */
  readonly answer: JsonRpcMessage | undefined;
};

export type IncomingText = { readonly kind: 'message'; readonly message: unknown } | RefusedText;

/** Reads one message that came as text; never throws. */
export function readMessage(text: string): IncomingText {
  const json = parseJson(text);
  if (!('problem' in json))
    return { kind: 'message', message: withExactId(json.value, withoutByteOrderMark(text)) };
  const { code, problem } = json;
  // What is no JSON gets no answer (app-server §1): whose id it shows is a guess.
  if (code === 'notJson') return { kind: 'refused', problem, answer: undefined };
  return refuseText(text, problem);
}

/** A message beyond a limit, of which at least the beginning is known. */
export function refuseText(text: string, problem: string): RefusedText {
  const id = idIn(text.slice(0, HEAD_CHARACTERS));
  return { kind: 'refused', problem, answer: id === undefined ? undefined : refusal(id, problem) };
}

/** What to send back for a message that came as an object and is not taken. */
export function refuseObject(message: unknown, problem: string): JsonRpcMessage | undefined {
  const incoming = readEnvelope(message);
  return incoming.kind === 'request' ? refusal(incoming.id, problem) : undefined;
}

function refusal(id: WireId, problem: string): JsonRpcMessage {
  const message = `Invalid request: the message ${problem}`;
  return { id, error: { code: RpcErrorCode.invalidRequest, message } };
}

function idIn(head: string): WireId | undefined {
  // An answer of the client's has no method, and gets no answer.
  if (!/"method"\s*:/u.test(head)) return undefined;
  const id = ID.exec(head)?.groups?.['id'];
  if (id === undefined) return undefined;
  return id.startsWith('"') ? wordIn(id) : integerIn(id);
}

/** A string as JSON writes it, with its escapes; undefined for what only looks like one. */
function wordIn(source: string): string | undefined {
  const json = parseJson(source);
  return 'value' in json && typeof json.value === 'string' ? json.value : undefined;
}
