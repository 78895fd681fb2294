import { refuse, type Refused } from '../errors/index.ts';

/** Reads a body of `multipart/form-data`, whose bytes have been bounded before. */
export async function parseForm(contentType: string, body: Buffer): Promise<FormData | Refused> {
  try {
    return await new Response(new Uint8Array(body), {
      headers: { 'content-type': contentType },
    }).formData();
  } catch {
    const message = 'The multipart body cannot be read: its boundary or its parts are broken.';
    return refuse(400, 'invalid_multipart', message);
  }
}

/** A part as text, whether or not it came with a file name; `undefined` when there is none. */
export async function onlyPart(
  form: FormData,
  name: string,
): Promise<string | Refused | undefined> {
  const part = singlePart(form, name);
  return part instanceof Blob ? part.text() : part;
}

/** A part that may be there once. */
export function singlePart(form: FormData, name: string): string | File | Refused | undefined {
  const [part, another] = form.getAll(name);
  if (another === undefined) return part;
  return refuse(400, 'invalid_multipart', `There is more than one part "${name}".`, name);
}

export function missingParameter(param: string): Refused {
  const message = `Missing required parameter: '${param}'.`;
  return refuse(400, 'missing_required_parameter', message, param);
}
