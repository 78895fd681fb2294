export { modelRequestOf } from './modelRequest.ts';
export { regularTurn } from './regularTurn.ts';
