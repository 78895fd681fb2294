export type { Caller } from './address.ts';
export type { Catalogues } from './catalogues.ts';
export { findProvider, type FoundProvider, type KeysWarning } from './findProvider.ts';
export { Providers, type TriedCascade, type ThreadProvider } from './providers.ts';
export type { TextClient } from './textClient.ts';
