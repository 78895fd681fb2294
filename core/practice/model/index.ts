export { type PracticeTextModelOptions, createPracticeTextModel } from './practiceModel.ts';
export {
  ResponsesScript,
  type ScriptedTextModelOptions,
  createScriptedTextModel,
} from './scriptedModel.ts';
export type {
  AnswerFormat,
  OfferedTool,
  TextModelOutput,
  TextModelRequest,
  TextModel,
} from './textModel.ts';
export { spokenTasks } from './skills.ts';
export { PRACTICE_MISTAKE } from './workSkills.ts';
