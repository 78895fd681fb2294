import { ProductError } from '../../../base/index.ts';
import type { Services } from '../../services.ts';

/**
 * Has loaded threads take over which features are on now, each with what it was opened with over the settings. Their
 * model and how it is asked stay as they began (app-server §10).
 */
export async function reloadFeatures({ threads, resolveConfig }: Services): Promise<void> {
  await Promise.all(
    threads.loadedIds.map(async (id) => {
      const loaded = threads.find(id);
      if (loaded === undefined) return;
      try {
        const { features } = await resolveConfig(loaded.requestConfig);
        loaded.thread.changeSettings({ features });
      } catch (error) {
        // It goes on as it was: settings that cannot be used are told to whoever opens one with them.
        if (!(error instanceof ProductError)) throw error;
      }
    }),
  );
}
