export { modelRequestOf } from './modelRequest.ts';
export { RegularTurn, type TurnInput } from './regularTurn.ts';
