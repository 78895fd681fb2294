export { createResponsesApi, type RunPorts } from './endpoint/index.ts';
export {
  createPracticeTextModel,
  createScriptedTextModel,
  PRACTICE_MISTAKE,
  type PracticeTextModelOptions,
  ResponsesScript,
  type ScriptedTextModelOptions,
  type TextModel,
  type TextModelOutput,
  type TextModelRequest,
} from './model/index.ts';
export { SampleMaker } from './samples/index.ts';
export { practicePhrases } from './phrases.ts';
export { practiceAgent } from './practiceAgent.ts';
export { type PracticeServerOptions, startPracticeServer } from './practiceServer.ts';
