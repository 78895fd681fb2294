export { type Cascade, resolveCascade, type SpeechPart } from './cascade.ts';
export {
  type CredentialSource,
  type RemoteProvider,
  type ResolvedProvider,
  resolveProvider,
} from './provider.ts';
export { realtimeCallsUrl, realtimeUrl, type RealtimeTarget } from './realtimeUrl.ts';
