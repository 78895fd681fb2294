export { type PracticeTextModelOptions, createPracticeTextModel } from './practiceModel.ts';
export {
  ResponsesScript,
  type ScriptedTextModelOptions,
  createScriptedTextModel,
} from './scriptedModel.ts';
export type { TextModelOutput, TextModelRequest, TextModel } from './textModel.ts';
