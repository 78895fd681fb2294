export { Place } from './place.ts';
export { ordinaryUser, type SandboxUser, thisUser } from './users.ts';
