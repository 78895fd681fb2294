export { nearest } from './editDistance.ts';
export { describeIssue } from './issues.ts';
export {
  ApprovalPolicy,
  ConfigFile,
  type PermissionProfileTable,
  Provider,
  type ProviderTable,
} from './schema.ts';
export { findUnknownKeys, KNOWN_KEYS } from './unknownKeys.ts';
