import * as z from 'zod';

import { refuse, type Refused } from '../errors/index.ts';
import { missingParameter, onlyPart, parseForm, singlePart } from '../http/index.ts';

const FORMATS = ['json', 'text', 'verbose_json'] as const;
const GRANULARITIES = ['word', 'segment'] as const;

export type TranscriptionRequest = {
  readonly kind: 'transcription';
  readonly file: Uint8Array;
  readonly model: string;
  readonly language: string | undefined;
  readonly prompt: string | undefined;
  readonly format: (typeof FORMATS)[number];
  readonly granularities: readonly (typeof GRANULARITIES)[number][];
  readonly stream: boolean;
};

const Fields = z.object({
  model: z.string().min(1),
  language: z.string().optional(),
  prompt: z.string().optional(),
  response_format: z.enum(FORMATS).default('json'),
  stream: z.enum(['true', 'false']).default('false'),
});

/** Reads the form of `POST /v1/audio/transcriptions` (realtime-v2 §21.5). */
export async function readTranscriptionRequest(
  contentType: string,
  body: Buffer,
): Promise<TranscriptionRequest | Refused> {
  if (!contentType.toLowerCase().startsWith('multipart/form-data')) {
    const message = 'Send the file as multipart/form-data with the parts "file" and "model".';
    return refuse(415, 'unsupported_content_type', message);
  }
  const form = await parseForm(contentType, body);
  if ('kind' in form) return form;
  const file = singlePart(form, 'file');
  if (file === undefined) return missingParameter('file');
  if (typeof file === 'string') {
    const message = "The part 'file' must be a file: give it a file name.";
    return refuse(400, 'invalid_type', message, 'file');
  }
  if (!(file instanceof Blob)) return file;
  const fields = await readFields(form);
  if ('kind' in fields) return fields;
  const granularities = readGranularities(form);
  if ('kind' in granularities) return granularities;
  return {
    kind: 'transcription',
    file: new Uint8Array(await file.arrayBuffer()),
    model: fields.model,
    language: fields.language,
    prompt: fields.prompt,
    format: fields.response_format,
    granularities,
    stream: fields.stream === 'true',
  };
}

async function readFields(form: FormData): Promise<z.infer<typeof Fields> | Refused> {
  const given: Record<string, string> = {};
  for (const name of Object.keys(Fields.shape)) {
    const value = await onlyPart(form, name);
    if (typeof value === 'object') return value;
    if (value !== undefined) given[name] = value;
  }
  const parsed = Fields.safeParse(given);
  if (parsed.success) return parsed.data;
  const param = String(parsed.error.issues[0]?.path[0] ?? '');
  if (given[param] === undefined) return missingParameter(param);
  return refuseValue(param, given[param]);
}

const CHOICES: Readonly<Record<string, string>> = {
  response_format: FORMATS.join(', '),
  stream: 'true, false',
  timestamp_granularities: GRANULARITIES.join(', '),
};

function refuseValue(param: string, value: string): Refused {
  const choices = CHOICES[param];
  const message = `Invalid value for '${param}': '${value.slice(0, 40)}'.`;
  const advice = choices === undefined ? '' : ` This server knows: ${choices}.`;
  return refuse(400, 'invalid_value', `${message}${advice}`, param);
}

function readGranularities(form: FormData): TranscriptionRequest['granularities'] | Refused {
  const param = 'timestamp_granularities';
  const given = [...form.getAll(`${param}[]`), ...form.getAll(param)].map(String);
  const parsed = z.array(z.enum(GRANULARITIES)).safeParse(given);
  if (parsed.success) return parsed.data;
  const index = Number(parsed.error.issues[0]?.path[0] ?? 0);
  return refuseValue(param, given[index] ?? '');
}
