import { readStoredAuth } from '../auth/index.ts';
import { type Config, type ResolvedProvider, resolveProvider } from '../config/index.ts';

/** The provider that a configuration names, or that the keys there are speak for. Throws ProductError. */
export async function findProvider(
  config: Config,
  {
    home,
    env,
  }: { readonly home: string; readonly env: Readonly<Record<string, string | undefined>> },
): Promise<ResolvedProvider> {
  const { apiKey, hasAccount } = await readStoredAuth(home);
  // Whoever signed in does not want to practise: that the account cannot be used is for the turn to say.
  return resolveProvider(config, env, { hasApiKey: apiKey !== undefined || hasAccount });
}
