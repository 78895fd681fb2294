export { prepareWithSeatbelt } from './seatbelt.ts';
