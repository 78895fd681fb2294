import type { Door, OpenDoor } from '../cells.ts';
import { askOverHttp, endlessBody, type HttpSpeech, httpCells, JSON_BODY } from '../httpCells.ts';
import { DEEP, huge } from '../payloads.ts';
import { Product } from '../../product.ts';
import { askOverSocket, socketCells, type SocketSpeech } from '../socketCells.ts';

async function startServer(): Promise<{ readonly product: Product; readonly host: string }> {
  const product = await Product.start(['realtime-server']);
  const ready = await product.printed(/ is ready: http:\/\/[\d.:]+/u);
  return { product, host: ready.replace(/^.*\/\//u, '') };
}

/** A door of HTTP that takes a JSON body. */
const jsonDoor = (
  name: string,
  path: string,
  speech: Pick<HttpSpeech, 'question' | 'deep' | 'wrongType' | 'told'>,
): Door => ({
  name,
  maxMemoryMiB: 400,
  open: async () => {
    const { product, host } = await startServer();
    const url = `http://${host}`;
    const line = `POST ${path} HTTP/1.1`;
    const whole: HttpSpeech = {
      ...speech,
      url,
      huge: () => ({ line, headers: JSON_BODY, body: huge() }),
      endless: endlessBody(line, url),
    };
    return opened(product, () => askOverHttp(whole), httpCells(whole));
  },
});

const opened = (
  product: Product,
  askAsOther: OpenDoor['askAsOther'],
  cells: OpenDoor['cells'],
): OpenDoor => ({
  product,
  askAsOther,
  cells,
  [Symbol.asyncDispose]: () => product[Symbol.asyncDispose](),
});

const RESPONSES = 'POST /v1/responses HTTP/1.1';

export const builtInResponses = jsonDoor('built-in server, responses', '/v1/responses', {
  // An answer of the practice model takes a second, which ninety questions need not wait for.
  question: { line: 'GET /v1/models HTTP/1.1' },
  deep: {
    line: RESPONSES,
    headers: JSON_BODY,
    body: `{"model":"any","input":"Hi","metadata":${DEEP}}`,
  },
  wrongType: { line: RESPONSES, headers: JSON_BODY, body: '{"model":7,"input":{"a":1}}' },
  told: {
    deep: /^400 .*nested deeper than 128 levels/u,
    huge: /^413 .*larger than/u,
    binary: /^400 /u,
    endless: /^413 .*larger than/u,
    'wrong type': /^400 .*'model'/u,
  },
});

const CALLS = 'POST /v1/realtime/calls HTTP/1.1';

export const builtInCalls = jsonDoor('built-in server, calls', '/v1/realtime/calls', {
  question: { line: 'GET /v1/models HTTP/1.1' },
  deep: { line: CALLS, headers: JSON_BODY, body: `{"sdp":"v=0","session":${DEEP}}` },
  wrongType: { line: CALLS, headers: JSON_BODY, body: '{"sdp":7,"session":[]}' },
  told: {
    deep: /^400 .*nested deeper than 128 levels/u,
    huge: /^413 .*larger than/u,
    binary: /^400 /u,
    endless: /^413 .*larger than/u,
    'wrong type': /^400 .*'sdp' must be a string/u,
  },
});

const SPEECH = 'POST /v1/audio/speech HTTP/1.1';

export const builtInSpeech = jsonDoor('built-in server, speech', '/v1/audio/speech', {
  question: { line: 'GET /v1/models HTTP/1.1' },
  deep: { line: SPEECH, headers: JSON_BODY, body: `{"model":"m","input":${DEEP}}` },
  wrongType: { line: SPEECH, headers: JSON_BODY, body: '{"model":"m","input":7}' },
  told: {
    deep: /^400 .*nested deeper than 128 levels/u,
    huge: /^413 .*larger than/u,
    binary: /^400 /u,
    endless: /^413 .*larger than/u,
    'wrong type': /^400 .*'input'/u,
  },
});

const TRANSCRIPTIONS = 'POST /v1/audio/transcriptions HTTP/1.1';
const FORM = { 'content-type': 'multipart/form-data; boundary=x' };
const part = (head: string, body: string): string =>
  `--x\r\nContent-Disposition: form-data; ${head}\r\n\r\n${body}\r\n`;
const FILE = 'name="file"; filename="a.wav"';

/** The same for a form: its file is what is too deep, of the wrong kind, too large or endless. */
export const builtInTranscriptions: Door = {
  name: 'built-in server, transcriptions',
  maxMemoryMiB: 400,
  open: async () => {
    const { product, host } = await startServer();
    const url = `http://${host}`;
    const request = (body: string): HttpSpeech['question'] => ({
      line: TRANSCRIPTIONS,
      headers: FORM,
      body: `${body}--x--\r\n`,
    });
    const speech: HttpSpeech = {
      url,
      question: { line: 'GET /v1/models HTTP/1.1' },
      deep: request(part('name="model"', 'm') + part(FILE, DEEP)),
      huge: () => ({ line: TRANSCRIPTIONS, headers: FORM, body: huge() }),
      wrongType: request(part('name="model"', 'm') + part('name="file"', '7')),
      endless: endlessBody(TRANSCRIPTIONS, url),
      told: {
        deep: /^400 .*not a WAV file/u,
        huge: /^413 .*larger than/u,
        binary: /^400 /u,
        endless: /^413 .*larger than/u,
        'wrong type': /^400 .*'file'/u,
      },
    };
    return opened(product, () => askOverHttp(speech), httpCells(speech));
  },
};

type ServerEvent = { readonly type: string; readonly error?: { readonly message: string } };

/** The realtime socket of `realtime-server`. */
export const builtInRealtime: Door = {
  name: 'built-in server, realtime socket',
  maxMemoryMiB: 400,
  open: async () => {
    const { product, host } = await startServer();
    const speech: SocketSpeech = {
      url: `ws://${host}/v1/realtime?model=any`,
      greet: (visitor) => visitor.answer((message) => typeOf(message) === 'session.created'),
      question: '{"type":"session.update","session":{"type":"realtime"}}',
      isAnswer: (message) => typeOf(message) === 'session.updated',
      deep: `{"type":"conversation.item.create","item":${DEEP}}`,
      wrongType: '{"type":"conversation.item.create","item":7}',
      errorIn: (message) => (JSON.parse(message) as ServerEvent).error?.message,
      told: {
        deep: /nested deeper than 128 levels/u,
        huge: /^closed with 1009/u,
        binary: /./u,
        endless: /^closed with 1009/u,
        'wrong type': /item/u,
      },
    };
    return opened(product, () => askOverSocket(speech), socketCells(speech));
  },
};

const typeOf = (message: string): string => (JSON.parse(message) as ServerEvent).type;
