import { DEEP } from '../payloads.ts';
import type { SocketSpeech, SocketVisitor } from '../socketCells.ts';

type RpcMessage = { readonly id?: unknown; readonly error?: { readonly message: string } };

const line = (message: object): string => JSON.stringify(message);

const HELLO = line({
  id: 'hello',
  method: 'initialize',
  params: { clientInfo: { name: 'sweep', title: null, version: '1' } },
});
const QUESTION = line({ id: 'question', method: 'thread/loaded/list', params: {} });
const UNUSED = line({ id: 'attack', method: 'thread/list', params: 'words' });
const NESTED = `{"id":"attack","method":"thread/start","params":{"config":${DEEP}}}`;

/** What a client of the engine says, on any wire. */
export const rpcSpeech = {
  hello: HELLO,
  question: QUESTION,
  deep: NESTED,
  wrongType: UNUSED,
  isHello: (message: string): boolean => hasId(message, 'hello'),
  isAnswer: (message: string): boolean => hasId(message, 'question'),
  answers: hasId,
  errorIn: (message: string): string | undefined =>
    (JSON.parse(message) as RpcMessage).error?.message,
};

export const DEEP_REFUSED = /^Invalid request: the message is nested deeper than 128 levels$/u;
export const WRONG_TYPE_REFUSED = /^Invalid request: invalid type at `params`: expected object$/u;

/** The same over a socket. */
export const rpcOverSocket = (
  url: string,
  headers: Readonly<Record<string, string>>,
): SocketSpeech => ({
  ...rpcSpeech,
  url,
  headers,
  greet: async (visitor: SocketVisitor) => {
    visitor.socket.send(HELLO);
    await visitor.answer(rpcSpeech.isHello);
  },
  told: {
    deep: DEEP_REFUSED,
    huge: /^closed with 1009/u,
    endless: /^closed with 1009/u,
    'wrong type': WRONG_TYPE_REFUSED,
  },
});

function hasId(message: string, id: string): boolean {
  const { id: given, error } = JSON.parse(message) as RpcMessage;
  return given === id && error === undefined;
}
