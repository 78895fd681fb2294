export { type GrantScope, SessionGrants, type TurnGrants } from './grants.ts';
export { grantExtra } from './grantExtra.ts';
export { isCovered } from './isCovered.ts';
export { mergePermissions } from './mergePermissions.ts';
export type { ExtraPermissions, PermissionGrant } from './types.ts';
export { asksNothing, describeExtra, describeGrant, extraPermissions } from './wire.ts';
