export type { SpokenDate } from './dates.ts';
export type { SpokenTime } from './times.ts';
export {
  digitsIn,
  numberInWords,
  ordinalInWords,
  parseSlot,
  slotRule,
  type SlotValues,
  spokenTokens,
} from './slots.ts';
