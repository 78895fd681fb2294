export { Asked, useIsWaiting } from './Asked.tsx';
export { QuestionBanner } from './QuestionBanner.tsx';
