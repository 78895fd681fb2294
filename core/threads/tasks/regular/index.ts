export { regularTurn } from './regularTurn.ts';
