export { type LoadDecoder, SpotterService } from './spotterService.ts';
export { type Decode, Spotting } from './spotting.ts';
export { WordDecoder } from './wordDecoder.ts';
