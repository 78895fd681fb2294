import { createCredentials } from '../../../core/auth/index.ts';
import { errorText, parseJson } from '../../../core/base/index.ts';
import type {
  CredentialSource,
  RemoteProvider,
  ResolvedProvider,
} from '../../../core/config/index.ts';
import { runCommand, systemClock } from '../../../core/platform/index.ts';
import { failed, type Finding, note, ok } from './findings.ts';

const NAME = 'Key';
const ANSWER_LIMIT_MS = 5_000;

const MAX_LIST_BYTES = 8 * 1024 * 1024;

/** What became of the key, and the provider's list of models, where it answered with one. */
export type KeyCheck = { readonly finding: Finding; readonly models: unknown };

type Remote = Exclude<ResolvedProvider, { readonly kind: 'practice' }>;

/**
 * Whether a key for the provider can be had, and whether the provider takes it: that is tried with one
 * request for its list of models, which costs nothing. The key goes to the configured address and nowhere
 * else, redirects included, and is never shown.
 */
export async function checkKey(
  provider: Remote,
  home: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<KeyCheck> {
  let warning: string | undefined;
  const credentials = createCredentials(provider, {
    env,
    home,
    clock: systemClock,
    run: runCommand,
    onWarning: (message) => {
      warning = message;
    },
  });
  let key: string | undefined;
  try {
    key = await credentials.credential('responses');
  } catch (error) {
    return { finding: failed(NAME, errorText(error)), models: undefined };
  }
  if (key === undefined) {
    return { finding: note(NAME, 'none is sent to this provider'), models: undefined };
  }
  const tried = await tryKey(provider, key);
  return warning === undefined || tried.finding.state === 'failed'
    ? tried
    : { ...tried, finding: note(NAME, warning) };
}

async function tryKey(provider: Remote, key: string): Promise<KeyCheck> {
  let status: number;
  let models: unknown;
  try {
    const response = await fetch(modelsAddress(provider), {
      headers: { ...provider.headers, authorization: `Bearer ${key}` },
      redirect: 'manual',
      signal: AbortSignal.timeout(ANSWER_LIMIT_MS),
    });
    ({ status } = response);
    models = response.ok ? await readModels(response) : undefined;
    if (models === undefined && !response.bodyUsed) await response.body?.cancel();
  } catch {
    const finding = note(NAME, 'present, but it could not be tried: the provider does not answer');
    return { finding, models: undefined };
  }
  return { finding: findingFor(status, provider), models };
}

/** The list in the answer; undefined when it is none. */
async function readModels(response: Response): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > MAX_LIST_BYTES) return undefined;
    chunks.push(chunk);
  }
  const json = parseJson(Buffer.concat(chunks).toString('utf8'));
  return 'problem' in json ? undefined : json.value;
}

function findingFor(status: number, provider: Remote): Finding {
  // Too many requests are counted for a key that is known.
  if ((status >= 200 && status < 300) || status === 429) return ok(NAME, 'present and accepted');
  if (status === 401) {
    const words = `the provider refuses it (status 401), so it is wrong or has expired; ${remedy(provider.credential)}`;
    return failed(NAME, words);
  }
  if (status === 403) {
    return failed(NAME, 'the provider knows it, but does not let it in here (status 403)');
  }
  return note(
    NAME,
    `present, but it could not be tried: the list of models answers with status ${status}`,
  );
}

function remedy(source: CredentialSource): string {
  switch (source.kind) {
    case 'environment':
      return `put the right one into ${source.variable}`;
    case 'literal':
      return 'set the right one as experimental_bearer_token';
    case 'command':
      return `see what ${source.auth.command} prints`;
    case 'account':
      return 'put the right one into OPENAI_API_KEY, or sign in again';
    case 'none':
      return 'set the right one';
  }
}

function modelsAddress({ baseUrl, queryParams }: RemoteProvider): URL {
  const url = new URL(`${baseUrl}/models`);
  for (const [name, value] of Object.entries(queryParams)) url.searchParams.set(name, value);
  return url;
}
