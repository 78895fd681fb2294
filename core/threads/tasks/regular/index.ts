export { modelRequestOf } from './modelRequest.ts';
export { regularTurn } from './regularTurn.ts';
export { traceOf } from './trace.ts';
