export { editToml } from './editToml.ts';
export {
  type KeyPath,
  type Table,
  formatKeyPath,
  isTable,
  mergeTables,
  nest,
  parseKeyPath,
  valueAt,
} from './keyPath.ts';
export { type TextRange, rangeAt, rangeOf } from './place.ts';
