export { Bubblewrap } from './bubblewrap.ts';
