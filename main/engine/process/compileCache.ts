import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

import { userFolder } from './machineFacts.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** The user's own cache folder: a shared one would let others plant code in it. */
export function cacheFolder(env: Env, platform: NodeJS.Platform, home: string): string {
  const own = (name: string): string | undefined => (env[name] === '' ? undefined : env[name]);
  if (platform === 'darwin') return join(home, 'Library', 'Caches', 'parley');
  if (platform === 'win32')
    return join(own('LOCALAPPDATA') ?? join(home, 'AppData', 'Local'), 'parley', 'cache');
  return join(own('XDG_CACHE_HOME') ?? join(home, '.cache'), 'parley');
}

/** Keeps compiled code between starts; harmless where the folder cannot be written, or there is none. */
export function useCompileCache(): void {
  const home = userFolder();
  if (home === undefined) return;
  enableCompileCache(join(cacheFolder(process.env, process.platform, home), 'compiled'));
}
