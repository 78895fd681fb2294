export { execTools } from './execTools.ts';
export type { ExecPorts } from './ports.ts';
