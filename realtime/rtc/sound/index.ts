export { AudioLine } from './audioLine.ts';
export {
  type FrameDecoder,
  type FrameEncoder,
  createFrameDecoder,
  createFrameEncoder,
} from './opus.ts';
