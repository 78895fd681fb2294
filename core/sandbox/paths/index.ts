export { type Located, locate, type PathLink } from './locate.ts';
export {
  bytesOf,
  childOf,
  depthOf,
  isWithin,
  parentOf,
  rawOf,
  type RawPath,
  rawPath,
  textOf,
} from './rawPath.ts';
