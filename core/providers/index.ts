export { Catalogues } from './catalogues.ts';
export { type Caller, ProviderAccess } from './providerAccess.ts';
export { ThreadClient } from './threadClient.ts';
