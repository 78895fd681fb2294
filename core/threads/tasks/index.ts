export { modelRequestOf, RegularTurn, type TurnInput } from './regular/index.ts';
