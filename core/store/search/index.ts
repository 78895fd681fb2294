export { SearchThread } from './searchThread.ts';
