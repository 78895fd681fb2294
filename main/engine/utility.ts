import { useCompileCache } from './process/index.ts';

// What Electron starts; the rest is imported once compiled code is kept, as in `engineChild.ts`.
useCompileCache();
void import('./utilityProcess.ts').then(async ({ runUtility }) => runUtility());
