export { createResponsesApi } from './routes.ts';
export type { RunPorts } from './runRequest.ts';
