export type { BrainOutput, BrainRequest, TextBrain } from './brain.ts';
export { createPracticeTextBrain, type PracticeTextBrainOptions } from './practiceBrain.ts';
export { type PracticeServerOptions, startPracticeServer } from './practiceServer.ts';
export { createResponsesRoutes, type HttpRoute, type ResponsesRoutesOptions } from './routes.ts';
export {
  createScriptedTextBrain,
  ResponsesScript,
  type ScriptedTextBrainOptions,
} from './scriptedBrain.ts';
