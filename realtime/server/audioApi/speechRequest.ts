import * as z from 'zod';

import { parseJson } from '../../../core/base/index.ts';
import { VOICES } from '../../protocol/index.ts';
import { refuse, type Refused } from '../errors/index.ts';
import { missingParameter } from '../http/index.ts';

const MAX_CHARACTERS = 4096;

const Body = z.object({
  model: z.string().min(1),
  input: z.string().max(MAX_CHARACTERS).regex(/\S/u),
  voice: z.union([z.string(), z.object({ id: z.string() })]).optional(),
  response_format: z.enum(['wav', 'pcm']).default('wav'),
  speed: z.number().min(0.25).max(4).default(1),
  stream_format: z.enum(['audio', 'sse']).default('audio'),
});

export type SpeechRequest = z.infer<typeof Body> & { readonly kind: 'speech' };

/** What to do about each field that is not right. */
const ADVICE: Readonly<Record<keyof z.infer<typeof Body>, string>> = {
  model: 'it is the name of a model; any will do.',
  input: `it is a text of at most ${MAX_CHARACTERS} characters with a word in it.`,
  voice: 'it is the name of a voice, or an object with its "id".',
  response_format: 'this server makes "wav" and "pcm" (24 kHz, 16 bit, one channel).',
  speed: 'it is a number from 0.25 to 4.',
  stream_format: 'it is "audio" or "sse".',
};

/** Voices of the speech API that the Realtime API does not have. */
const SPEECH_VOICES = ['fable', 'nova', 'onyx'];

/**
 * Reads the body of `POST /v1/audio/speech` (realtime-v2 §21.5). `voices` are the voices there are;
 * the API's own names are taken, too, because clients send one whatever the server.
 */
export function readSpeechRequest(
  text: string,
  voices: readonly string[] | undefined,
): SpeechRequest | Refused {
  const json = parseJson(text);
  if ('problem' in json) return refuse(400, 'invalid_json', `The body ${json.problem}.`);
  const parsed = Body.safeParse(json.value);
  if (!parsed.success) return refuseField(json.value, parsed.error);
  const { voice } = parsed.data;
  const names = [...(voices ?? []), ...VOICES, ...SPEECH_VOICES];
  if (voices !== undefined && typeof voice === 'string' && !names.includes(voice)) {
    const message = `Invalid value for 'voice': '${voice.slice(0, 40)}'. This server has: ${voices.join(', ')}.`;
    return refuse(400, 'invalid_value', message, 'voice');
  }
  return { kind: 'speech', ...parsed.data };
}

function refuseField(given: unknown, error: z.ZodError): Refused {
  const param = error.issues[0]?.path[0];
  if (typeof given !== 'object' || given === null || typeof param !== 'string') {
    return refuse(400, 'invalid_json', 'The body is not a JSON object.');
  }
  if (!Object.hasOwn(given, param)) return missingParameter(param);
  const advice = Object.entries(ADVICE).find(([name]) => name === param)?.[1] ?? '';
  return refuse(400, 'invalid_value', `Invalid value for '${param}': ${advice}`, param);
}
