export { GatedDisk } from './gatedDisk.ts';
export { OtherProcess } from './otherProcess.ts';
export { StoreFolder } from './storeFolder.ts';
