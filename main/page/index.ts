export { type AppFile, readAppFile } from './appFiles.ts';
