export { QuestionBanner } from './QuestionBanner.tsx';
export { Questions, useIsWaiting } from './Questions.tsx';
