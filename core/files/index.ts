export { FileRefusal } from './errors.ts';
export {
  copyPath,
  createFolder,
  describePath,
  readFolder,
  readWholeFile,
  removePath,
  writeWholeFile,
} from './files.ts';
export { searchFiles } from './searchFiles.ts';
