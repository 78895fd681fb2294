export { PracticePill } from './PracticePill.tsx';
export { SessionPills } from './SessionPills.tsx';
export { CONNECTIONS } from './connections.ts';
