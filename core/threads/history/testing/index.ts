export { filed } from './filed.ts';
