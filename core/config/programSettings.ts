import { formatKeyPath, isTable, parseKeyPath } from './keyPath.ts';
import { requestLayer } from './layers.ts';

/** Settings of the shared file that make this program or another that reads it run something. */
const FILE_PROGRAMS = ['mcp_servers', 'notify', 'hooks'] as const;

/**
 * The first of these settings that has a program run, as a dotted key: of a request's `config` (`request`),
 * or of what is to be written into the file (`file`), which other programs may read, too. Keys that
 * are none are passed over here: whoever takes the settings refuses them.
 */
export function programSettingIn(
  settings: Readonly<Record<string, unknown>>,
  scope: 'request' | 'file',
): string | undefined {
  const keys = Object.entries(settings).filter(([key]) => parseKeyPath(key) !== undefined);
  const { table } = requestLayer(Object.fromEntries(keys));
  const providers = table['model_providers'];
  if (isTable(providers)) {
    for (const [id, provider] of Object.entries(providers)) {
      if (isTable(provider) && provider['auth'] !== undefined) {
        return formatKeyPath(['model_providers', id, 'auth']);
      }
    }
  }
  return scope === 'file' ? FILE_PROGRAMS.find((key) => table[key] !== undefined) : undefined;
}
