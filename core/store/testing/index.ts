export { GatedDisk } from './gatedDisk.ts';
export { OtherProcess } from './otherProcess.ts';
export { recordsOf, StoreFolder } from './storeFolder.ts';
