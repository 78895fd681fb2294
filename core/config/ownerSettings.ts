import { requestLayer } from './layers.ts';
import { ConfigFile } from './schema/index.ts';
import { formatKeyPath, isTable, nest, parseKeyPath } from './toml/index.ts';

/** A setting that only the owner of the engine may make, as a dotted key, and what it does. */
export type OwnerSetting = {
  readonly key: string;
  readonly does:
    | 'has a program run'
    | 'decides where keys are sent'
    | 'decides what programs may do'
    | 'is for other programs';
};

/** Addresses that a configured provider's key goes to. */
const ADDRESSES = [
  'openai_base_url',
  'experimental_realtime_ws_base_url',
  'experimental_realtime_webrtc_call_base_url',
] as const;

/** What is decided for all threads, and for other programs that read the file. */
const PERMISSIONS: ReadonlySet<string> = new Set([
  'approval_policy',
  'approvals_reviewer',
  'sandbox_mode',
  'sandbox_workspace_write',
  'default_permissions',
  'permissions',
  'command_rules',
  'shell_environment_policy',
  // Each of these can be all of the others.
  'profile',
  'profiles',
] satisfies readonly (keyof ConfigFile)[]);

/**
 * The first setting in a request's `config` that is the owner's to make. Keys that are none are passed
 * over here: whoever takes the settings refuses them.
 */
export function ownerSettingIn(
  config: Readonly<Record<string, unknown>>,
): OwnerSetting | undefined {
  const keys = Object.entries(config).filter(([key]) => parseKeyPath(key) !== undefined);
  const { table } = requestLayer(Object.fromEntries(keys));
  const address = ADDRESSES.find((key) => table[key] !== undefined);
  if (address !== undefined) return { key: address, does: 'decides where keys are sent' };
  const ofPrograms = (['command_rules', 'shell_environment_policy'] as const).find(
    (key) => table[key] !== undefined,
  );
  if (ofPrograms !== undefined) {
    return { key: ofPrograms, does: 'decides what programs may do' };
  }
  return providerSetting(table['model_providers']);
}

/**
 * The setting that a change of the file makes or takes away, where that is the owner's. The file holds for
 * longer than a request, and other programs read it, too: what Parley does not read itself could have them
 * run anything.
 */
export function ownerSettingOf(keyPath: string, value: unknown): OwnerSetting | undefined {
  const path = parseKeyPath(keyPath);
  const key = path?.[0];
  if (path === undefined || key === undefined) return undefined;
  if (!Object.hasOwn(ConfigFile.shape, key)) return { key, does: 'is for other programs' };
  if (PERMISSIONS.has(key)) return { key, does: 'decides what programs may do' };
  const isAddress = key === 'model_providers' || ADDRESSES.some((address) => address === key);
  if (!isAddress) return undefined;
  // A change that leaves an address out lets the key go to the usual one.
  const table = nest(path, value);
  return providerSetting(table['model_providers']) ?? { key, does: 'decides where keys are sent' };
}

/** A new address of a known provider takes that one's key along, and a new provider can name any variable. */
function providerSetting(providers: unknown): OwnerSetting | undefined {
  if (!isTable(providers)) return undefined;
  const [first] = Object.entries(providers).map(([id, provider]): OwnerSetting => {
    const isProgram = isTable(provider) && provider['auth'] !== undefined;
    return isProgram
      ? { key: formatKeyPath(['model_providers', id, 'auth']), does: 'has a program run' }
      : { key: formatKeyPath(['model_providers', id]), does: 'decides where keys are sent' };
  });
  return first;
}
