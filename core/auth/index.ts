export {
  type CredentialPorts,
  type CredentialPurpose,
  type Credentials,
  createCredentials,
} from './credentials.ts';
export { AuthError, type AuthErrorCode } from './errors.ts';
export { readStoredAuth, removeStoredAuth, storeApiKey, type StoredAuth } from './storedKey.ts';
