/**
 * Field names that never reach a log with their value: credentials, sound, and what people said or
 * wrote. Compared without case, dashes and underscores, at every depth.
 */
const SECRET_FIELDS: ReadonlySet<string> = new Set([
  'accesstoken',
  'apikey',
  'audio',
  'authorization',
  'bearertoken',
  'body',
  'clientsecret',
  'content',
  'cookie',
  'credential',
  'delta',
  'envhttpheaders',
  'experimentalbearertoken',
  'headers',
  'httpheaders',
  'idtoken',
  'input',
  'instructions',
  'openaiapikey',
  'output',
  'password',
  'prompt',
  'proxyauthorization',
  'refreshtoken',
  'sdp',
  'secret',
  'setcookie',
  'stdout',
  'text',
  'token',
  'transcript',
  'xapikey',
]);

/** Credentials that slipped into a sentence, for example in the text of a foreign error. */
const SECRET_TEXT = /\b(?:Bearer\s+[\w.~+/=-]{8,}|(?:sk|ek|pk|ghp|gho|xox[abp])[-_][\w-]{8,})/g;

const REMOVED = '[removed]';
const MAX_DEPTH = 6;
const MAX_TEXT_LENGTH = 2000;

/** A copy of log fields without secrets, sound and conversation; safe for cycles and huge values. */
export function redact(value: unknown): unknown {
  return clean(value, 0);
}

function clean(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return cleanText(value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= MAX_DEPTH) return '[deep]';
  if (value instanceof Error) return cleanError(value, depth);
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) {
    return `[${value.byteLength} bytes]`;
  }
  if (Array.isArray(value)) return value.map((entry) => clean(entry, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => [
      name,
      isSecret(name) && field !== null && field !== undefined ? REMOVED : clean(field, depth + 1),
    ]),
  );
}

function cleanError(error: Error, depth: number): Record<string, unknown> {
  return {
    name: error.name,
    message: cleanText(error.message),
    ...('code' in error ? { code: clean(error.code, depth + 1) } : {}),
    ...(error.stack === undefined ? {} : { stack: cleanText(error.stack) }),
    ...(error.cause === undefined ? {} : { cause: clean(error.cause, depth + 1) }),
  };
}

/** Removes credentials from a sentence and cuts it to a length a log line can carry. */
export function cleanText(text: string): string {
  const cut = text.length > MAX_TEXT_LENGTH ? `${text.slice(0, MAX_TEXT_LENGTH)}…` : text;
  return cut.replaceAll(SECRET_TEXT, REMOVED);
}

function isSecret(name: string): boolean {
  return SECRET_FIELDS.has(name.replaceAll(/[-_]/g, '').toLowerCase());
}
