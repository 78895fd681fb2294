import { ProductError } from '../../../base/index.ts';
import {
  ConfigError,
  KNOWN_KEYS,
  type ConfigStore,
  ConfigWriteError,
  type ConfigWritten,
  ownerSettingOf,
} from '../../../config/index.ts';
import { defaultModel, endingModels, listModels } from '../../../models/index.ts';
import {
  type ConfigReadResponse,
  type ConfigWriteResponse,
  RpcErrorCode,
} from '../../../protocol/index.ts';
import { invalidRequest, RpcError } from '../../../rpc/index.ts';
import type { Services } from '../../services.ts';
import type { Client } from '../../subscriptions.ts';
import { DeprecationNotices } from './deprecationNotices.ts';
import type { Handlers } from '../handler.ts';
import { reloadFeatures } from './reloadFeatures.ts';
import { listProviders } from './providerList.ts';
import { checkOwnerSetting, loaded, page, refusing } from '../params.ts';

type SettingsHandlers = Pick<
  Handlers,
  | 'model/list'
  | 'modelProvider/list'
  | 'modelProvider/default/set'
  | 'config/read'
  | 'config/value/write'
  | 'config/batchWrite'
  | 'hooks/list'
  | 'skills/list'
  | 'collaborationMode/list'
>;

type ConfigView = Awaited<ReturnType<ConfigStore['read']>>;
type ConfigLayer = ConfigView['layers'][number];

/** Models, and the settings file (app-server §§10, 11). */
export function settingsHandlers(services: Services): SettingsHandlers {
  const { configStore, providers, clock } = services;
  const { cwd } = services.options;
  const notices = new DeprecationNotices();
  const foldersOf = (cwds: readonly string[] | null | undefined): readonly string[] =>
    cwds === undefined || cwds === null || cwds.length === 0 ? [cwd] : cwds;
  return {
    'model/list': async ({ cursor, limit, includeHidden, modelProvider }, client) => {
      const inUse = await loaded(services.resolveConfig());
      const { config, provider } =
        typeof modelProvider === 'string' && modelProvider !== inUse.provider.id
          ? await loaded(services.resolveConfig({ model_provider: modelProvider }))
          : inUse;
      // The model of the settings is one of the provider there.
      const configured = provider.id === inUse.provider.id ? config.model : undefined;
      const catalogue = await providers.catalogues.lookUp(provider);
      const models = listModels(catalogue.entries, {
        defaultSlug: configured ?? defaultModel(provider.kind),
        includeHidden: includeHidden === true,
        retirementOf: (slug) => catalogue.retirement(slug),
      });
      return {
        result: { ...page(models, cursor, limit), modelProvider: provider.id },
        after: () => {
          notices.tell(client, endingModels(config, catalogue, clock.nowMs()));
        },
      };
    },

    'modelProvider/list': async () => {
      const { config, provider } = await loaded(services.resolveConfig());
      return {
        result: {
          data: listProviders(config),
          defaultProviderId: provider.id,
          canChangeDefault: true,
        },
      };
    },

    'modelProvider/default/set': async ({ providerId }) => {
      const edit = { keyPath: 'model_provider', value: providerId, isUpsert: false };
      return { result: describeWrite(await refusing(configStore.write([edit], {}), asRefusal)) };
    },

    'config/read': async ({ includeLayers }) => {
      const view = await refusing(configStore.read(), asRefusal);
      const settings = describeConfig(view, includeLayers === true);
      const modelProvider =
        settings.config['model_provider'] ?? (await defaultProviderId(services));
      return {
        result: { ...settings, config: { ...settings.config, model_provider: modelProvider } },
      };
    },

    'config/value/write': async (params, client) => {
      const { keyPath, value, mergeStrategy, filePath, expectedVersion } = params;
      checkEdits(client, [params]);
      const edit = { keyPath, value, isUpsert: mergeStrategy === 'upsert' };
      const target = {
        filePath: filePath ?? undefined,
        expectedVersion: expectedVersion ?? undefined,
      };
      return {
        result: describeWrite(await refusing(configStore.write([edit], target), asRefusal)),
      };
    },

    'config/batchWrite': async (params, client) => {
      const { edits, filePath, expectedVersion, reloadUserConfig } = params;
      checkEdits(client, edits);
      const changes = edits.map(({ keyPath, value, mergeStrategy }) => ({
        keyPath,
        value,
        isUpsert: mergeStrategy === 'upsert',
      }));
      const target = {
        filePath: filePath ?? undefined,
        expectedVersion: expectedVersion ?? undefined,
      };
      const written = await refusing(configStore.write(changes, target), asRefusal);
      if (reloadUserConfig === true) await reloadFeatures(services);
      return { result: describeWrite(written) };
    },

    'hooks/list': ({ cwds }) => ({
      result: {
        data: foldersOf(cwds).map((folder) => ({
          cwd: folder,
          hooks: [],
          warnings: [],
          errors: [],
        })),
      },
    }),

    'skills/list': ({ cwds }) => ({
      result: {
        data: foldersOf(cwds).map((folder) => ({ cwd: folder, skills: [], errors: [] })),
      },
    }),

    'collaborationMode/list': () => ({
      result: {
        data: [{ name: 'Default', mode: 'default', model: null, reasoning_effort: null }],
      },
    }),
  };
}

/**
 * The provider of a file that names none. Clients of codex take an unnamed one for `openai` and resume with that, which would
 * take a conversation away from the provider that it began with.
 */
async function defaultProviderId({ resolveConfig }: Services): Promise<string | null> {
  try {
    return (await resolveConfig()).provider.id;
  } catch (error) {
    // The settings stay readable where they cannot be used: that is when somebody mends them.
    if (error instanceof ProductError) return null;
    throw error;
  }
}

type Edit = { readonly keyPath: string; readonly value?: unknown };

function checkEdits(client: Client, edits: readonly Edit[]): void {
  for (const { keyPath, value } of edits) {
    checkOwnerSetting(client, ownerSettingOf(keyPath, value));
  }
}

/** Clients look for keys also where nobody has set them. */
const UNSET = Object.fromEntries(KNOWN_KEYS.map((key) => [key, null]));

function describeConfig(view: ConfigView, includeLayers: boolean): ConfigReadResponse {
  const origins = Array.from(view.origins, ([key, layer]) => [key, describeLayer(layer)] as const);
  return {
    config: { ...UNSET, ...view.config },
    origins: Object.fromEntries(origins),
    layers: includeLayers
      ? view.layers.map((layer) => ({ ...describeLayer(layer), config: { ...layer.config } }))
      : null,
  };
}

function describeLayer({
  kind,
  file = '',
  version,
}: ConfigLayer): ConfigReadResponse['origins'][string] {
  switch (kind.type) {
    case 'sessionFlags':
      return { name: { type: 'sessionFlags' }, version };
    case 'system':
      return { name: { type: 'system', file }, version };
    case 'user':
      return { name: { type: 'user', file, profile: kind.profile ?? null }, version };
  }
}

function nameOf({ kind }: ConfigLayer): string {
  if (kind.type !== 'user') return 'the command line';
  return `profile ${kind.profile ?? ''}`;
}

function describeWrite({ file, version, overridden }: ConfigWritten): ConfigWriteResponse {
  return {
    status: overridden === undefined ? 'ok' : 'okOverridden',
    version,
    filePath: file,
    overriddenMetadata:
      overridden === undefined
        ? null
        : {
            message: `${overridden.key} was written, but ${nameOf(overridden.layer)} sets it for this run.`,
            overridingLayer: describeLayer(overridden.layer),
            effectiveValue: overridden.value ?? null,
          },
  };
}

function asRefusal(error: unknown): RpcError | undefined {
  if (error instanceof ConfigWriteError) {
    return new RpcError(RpcErrorCode.invalidRequest, error.message, {
      config_write_error_code: error.reason,
    });
  }
  return error instanceof ConfigError ? invalidRequest(error.message) : undefined;
}
