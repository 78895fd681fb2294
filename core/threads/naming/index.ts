export { saysWhatItIsAbout } from './saysWhatItIsAbout.ts';
export { titleOf } from './titleOf.ts';
