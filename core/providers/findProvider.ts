import { AuthError, readStoredAuth } from '../auth/index.ts';
import { type Config, type ResolvedProvider, resolveProvider } from '../config/index.ts';

/** The file of keys is there and says nothing that could be used. */
export type KeysWarning = {
  readonly code: 'unreadableKeys';
  /** One sentence for a person. */
  readonly message: string;
};

export type FoundProvider = {
  readonly provider: ResolvedProvider;
  readonly warnings: readonly KeysWarning[];
};

/**
 * The provider that a configuration names, or that the keys there are speak for. Keys that cannot be read stop
 * nobody here: a request that needs one says so. Throws ProductError for what is configured.
 */
export async function findProvider(
  config: Config,
  {
    home,
    env,
  }: { readonly home: string; readonly env: Readonly<Record<string, string | undefined>> },
): Promise<FoundProvider> {
  const { isThere, warnings } = await lookForKey(home);
  return { provider: resolveProvider(config, env, { hasApiKey: isThere }), warnings };
}

/** Whoever signed in does not want to practise: that the account cannot be used is for the turn to say. */
async function lookForKey(
  home: string,
): Promise<{ readonly isThere: boolean; readonly warnings: readonly KeysWarning[] }> {
  try {
    const { apiKey, hasAccount } = await readStoredAuth(home);
    return { isThere: apiKey !== undefined || hasAccount, warnings: [] };
  } catch (error) {
    if (!(error instanceof AuthError)) throw error;
    return { isThere: true, warnings: [{ code: 'unreadableKeys', message: error.message }] };
  }
}
