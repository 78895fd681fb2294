export { type QuestionEntry, Questions } from './questions.ts';
