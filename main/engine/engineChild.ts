import { useCompileCache } from './process/index.ts';

// What the browser host starts. The rest is imported once compiled code is kept: what stands at the head of
// this file is compiled anew at every start.
useCompileCache();
void import('./childProcess.ts').then(async ({ runEngineChild }) => runEngineChild());
