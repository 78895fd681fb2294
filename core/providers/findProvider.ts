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
  const { apiKey } = await readStoredAuth(home);
  return resolveProvider(config, env, { hasApiKey: apiKey !== undefined });
}
