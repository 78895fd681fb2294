import type { Services } from '../../services.ts';
import { accountHandlers } from './account.ts';
import { featureHandlers } from './features.ts';
import { settingsHandlers } from './settings.ts';

/** What is configured: the settings file, models and providers, features, the account. */
export const handlersOfSettings = (services: Services) => ({
  ...settingsHandlers(services),
  ...accountHandlers(services),
  ...featureHandlers(services),
});
