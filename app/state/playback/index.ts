export { callWordOf } from './callPlayback.ts';
export { Playback } from './playback.ts';
export {
  estimatedShare,
  type LedgerItem,
  type HeardReport,
  heardShare,
  splitAtShare,
} from './playbackLedger.ts';
