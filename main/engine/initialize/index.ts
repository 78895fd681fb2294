export { answerFirstLine, type GreetingDeps, type Hello, readFirstLine } from './firstLine.ts';
