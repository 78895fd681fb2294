import { createCredentials } from '../../../core/auth/index.ts';
import { errorText } from '../../../core/base/index.ts';
import type {
  CredentialSource,
  RemoteProvider,
  ResolvedProvider,
} from '../../../core/config/index.ts';
import { runCommand, systemClock } from '../../../core/platform/index.ts';
import { failed, type Finding, note, ok } from './findings.ts';

const NAME = 'Key';
const ANSWER_LIMIT_MS = 5_000;

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
): Promise<Finding> {
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
    return failed(NAME, errorText(error));
  }
  if (key === undefined) return note(NAME, 'none is sent to this provider');
  const tried = await tryKey(provider, key);
  return warning === undefined || tried.state === 'failed' ? tried : note(NAME, warning);
}

async function tryKey(provider: Remote, key: string): Promise<Finding> {
  let status: number;
  try {
    const response = await fetch(modelsAddress(provider), {
      headers: { ...provider.headers, authorization: `Bearer ${key}` },
      redirect: 'manual',
      signal: AbortSignal.timeout(ANSWER_LIMIT_MS),
    });
    ({ status } = response);
    await response.body?.cancel();
  } catch {
    return note(NAME, 'present, but it could not be tried: the provider does not answer');
  }
  return findingFor(status, provider);
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
