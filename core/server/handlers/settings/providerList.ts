import type { Config } from '../../../config/index.ts';
import type { ModelProviderListResponse } from '../../../protocol/index.ts';

type Row = ModelProviderListResponse['data'][number];

/** The providers that a conversation can have: what is built in, then those of the settings by name. */
export function listProviders({ modelProviders }: Pick<Config, 'modelProviders'>): Row[] {
  const own = Array.from(modelProviders, ([id, provider]): Row => ({
    id,
    name: provider.name,
    canEdit: false,
    baseUrl: shown(provider.baseUrl),
    settings: { type: 'customGateway', auth: authOf(provider) },
  }));
  return [
    ...own.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    { id: 'openai', name: 'OpenAI', canEdit: false, baseUrl: null, settings: { type: 'openai' } },
    {
      id: 'practice',
      name: 'Practice',
      canEdit: false,
      baseUrl: null,
      settings: { type: 'customGateway', auth: { mode: 'none' } },
    },
  ];
}

type ProviderTable =
  Config['modelProviders'] extends ReadonlyMap<string, infer Table> ? Table : never;

function authOf({
  envKey,
  auth,
  experimentalBearerToken,
  requiresOpenaiAuth,
}: ProviderTable): Extract<Row['settings'], { type: 'customGateway' }>['auth'] {
  if (auth === undefined && envKey !== undefined) return { mode: 'environmentVariable', envKey };
  const isElsewhere =
    auth !== undefined || experimentalBearerToken !== undefined || requiresOpenaiAuth;
  return isElsewhere ? { mode: 'externallyConfigured', envKey: null } : { mode: 'none' };
}

/** Sign-ins and parameters of an address may be secrets. */
function shown(baseUrl: string | undefined): string | null {
  const url = baseUrl === undefined ? null : URL.parse(baseUrl);
  if (baseUrl === undefined || url === null) return null;
  const { username, password, search, hash } = url;
  return [username, password, search, hash].every((part) => part === '') ? baseUrl : null;
}
