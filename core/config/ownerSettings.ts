import { formatKeyPath, isTable, parseKeyPath } from './toml/index.ts';
import { requestLayer } from './layers.ts';

/** A setting that only the owner of the engine may make, as a dotted key, and what it does. */
export type OwnerSetting = {
  readonly key: string;
  readonly does: 'has a program run' | 'decides where keys are sent';
};

/** Settings of the shared file that make this program or another that reads it run something. */
const FILE_PROGRAMS = ['mcp_servers', 'notify', 'hooks'] as const;

/** Addresses that a configured provider's key goes to. */
const ADDRESSES = [
  'openai_base_url',
  'experimental_realtime_ws_base_url',
  'experimental_realtime_webrtc_call_base_url',
] as const;

/**
 * The first of these settings that is the owner's to make: of a request's `config` (`request`), or of what
 * is to be written into the file (`file`), which other programs may read, too. Keys that are none are
 * passed over here: whoever takes the settings refuses them.
 */
export function ownerSettingIn(
  settings: Readonly<Record<string, unknown>>,
  scope: 'request' | 'file',
): OwnerSetting | undefined {
  const keys = Object.entries(settings).filter(([key]) => parseKeyPath(key) !== undefined);
  const { table } = requestLayer(Object.fromEntries(keys));
  const set = (key: string): boolean => table[key] !== undefined;
  const program = scope === 'file' ? FILE_PROGRAMS.find(set) : undefined;
  if (program !== undefined) return { key: program, does: 'has a program run' };
  const address = ADDRESSES.find(set);
  if (address !== undefined) return { key: address, does: 'decides where keys are sent' };
  return providerSetting(table['model_providers']);
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
