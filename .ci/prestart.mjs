// The first thing at every `npm start`. Plain JavaScript, because stripping the types takes longer than the
// check itself, and so it is done once and kept, in a folder that is this installation's own.
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

enableCompileCache(join(import.meta.dirname, '../node_modules/.cache/parley'));
await import('./buildIfStale.ts');
